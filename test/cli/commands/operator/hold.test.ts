import { scheduleList } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const run = async (...args: readonly string[]) => used.person.run(["platform", ...args]);

test("sealrun platform hold says since when and by whom, and resume that it is over", async () => {
  expect((await run("resume")).stdout).toBe("the platform was not held\n");
  const held = await run("hold");
  expect(held).toMatchObject({ exitCode: 0, stderr: "" });
  expect(held.stdout).toMatch(
    /^held since \S+ \S+ by admin\n {2}nothing new starts until you run: sealrun platform resume\n$/,
  );
  expect(JSON.parse((await run("hold", "--json")).stdout)).toMatchObject({ hold: { by: "admin" } });
  expect((await run("resume")).stdout).toMatch(/^resumed; it was held since \S+ \S+ by admin\n$/);
  expect(JSON.parse((await run("resume", "--json")).stdout)).toEqual({ hold: null, due: 0 });
});

test("sealrun platform resume says how many schedules came due", async () => {
  const manifest = JSON.stringify({ schedule: "* * * * * *" });
  const folder = await used.person.write("often", { "main.sh": "true\n", "manifest.json": manifest });
  await run("hold");
  await used.person.run(["push", folder, "--project", "acme"]);
  const isDue = async (): Promise<boolean> => {
    const { schedules } = scheduleList.parse(
      JSON.parse((await used.person.run(["schedule", "list", "--json"])).stdout),
    );
    return schedules.some(({ nextAt }) => nextAt !== null && Date.parse(nextAt) < Date.now());
  };
  await expect.poll(isDue).toBe(true);
  expect((await run("resume")).stdout).toContain(
    "1 schedule came due during the hold; see what was missed: sealrun audit list --action schedule.missed",
  );
});

test("sealrun platform refuses to start without its settings, and a command that it does not have", async () => {
  expect(await run()).toMatchObject({ exitCode: 64, stderr: expect.stringContaining("Expected --config <file>") });
  expect(await run("pause")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("Unknown command 'pause'"),
  });
  // It may be a secret, and is not repeated.
  expect((await run("abc123")).stderr).toContain("Too many arguments: expected 0, found 1");
});
