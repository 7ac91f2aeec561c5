import { scheduleList } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
  expect(await run(["list"])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("no schedules") });
  const manifest = JSON.stringify({ schedule: { cron: "0 7 1 1 *", timezone: "Europe/Zurich" } });
  const folder = await used.person.write("yearly", { "main.sh": "true\n", "manifest.json": manifest });
  expect(await used.person.run(["push", folder, "--project", "acme"])).toMatchObject({ exitCode: 0 });
});
afterAll(async () => used.close());

const run = async (args: readonly string[]) => used.person.run(["schedule", ...args]);

test("sealrun schedule list shows when packages run next", async () => {
  const { stdout } = await run(["list", "--project", "acme"]);
  expect(stdout).toMatch(
    /^SCHEDULE +PACKAGE +RUNS +TIME ZONE +NEXT +LAST\nsch_\w{20} +acme\/yearly +0 7 1 1 \* +Europe\/Zurich +\S+/,
  );
  const { stdout: shown } = await used.person.run(["package", "show", "acme/yearly"]);
  expect(shown).toMatch(/\n {2}next run \S+ \S+, 0 7 1 1 \* Europe\/Zurich\n/);
  expect(await run(["list", "--project", "none-such"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("There is no project none-such"),
  });
  expect((await run(["list", "--project", "acme", "--package", "none-such"])).stderr).toContain("(PACKAGE_NOT_FOUND)");
});

test("sealrun schedule delete refuses the manifest's own, and what is no id", async () => {
  const { schedules } = scheduleList.parse(JSON.parse((await run(["list", "--json"])).stdout));
  const refused = await run(["delete", schedules[0]?.id ?? ""]);
  expect(refused).toMatchObject({ exitCode: 64, stderr: expect.stringContaining("comes from manifest.json") });
  expect(await run(["delete", "yearly"])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("sch_ and 20"),
  });
});

test("sealrun schedule pause and resume stop and continue it, show lists the next times, and run starts it now", async () => {
  const { schedules } = scheduleList.parse(JSON.parse((await run(["list", "--json"])).stdout));
  const id = schedules[0]?.id ?? "";
  const { stdout: shown } = await run(["show", id]);
  expect(shown).toMatch(/^acme\/yearly\n {2}runs {5}0 7 1 1 \* Europe\/Zurich\n {2}state {4}next run /);
  expect(shown.match(/^ {2}(next|then) {5}\d{4}-01-01/gm)).toHaveLength(5);
  expect((await run(["pause", id])).stdout).toMatch(new RegExp(`^paused ${id} of acme/yearly; paused since `));
  expect((await run(["show", id])).stdout).not.toContain("  then ");
  const { stdout: started } = await run(["run", id]);
  expect(started).toContain("started exe_");
  expect((await run(["resume", id])).stdout).toMatch(new RegExp(`^resumed ${id} of acme/yearly; next run `));
});
