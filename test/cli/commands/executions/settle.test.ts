import { startedExecution } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
let id: string;
beforeAll(async () => {
  used = await usePlatform();
  const folder = await used.person.write("report", { "main.sh": "true\n" });
  await used.person.run(["push", folder, "--project", "acme"]);
  id = startedExecution.parse(JSON.parse((await used.person.run(["run", "acme/report", "--json"])).stdout)).id;
});
afterAll(async () => used.close());

const settle = async (...args: readonly string[]) => used.person.run(["execution", "settle", ...args]);
const now = (): string => new Date().toISOString();

test("sealrun execution settle --dry-run shows what was open, and changes nothing", async () => {
  const shown = await settle("--before", now(), "--dry-run");
  expect(shown.stdout).toMatch(/^PACKAGE +STATUS +EXECUTIONS\nacme\/report +queued +1\n$/);
  expect((await settle("--before", "2026-01-01T00:00:00+01:00", "--dry-run")).stdout).toBe(
    "no executions were open at that time\n",
  );
  const { stdout } = await settle("--before", now(), "--dry-run", "--json");
  expect(JSON.parse(stdout)).toEqual({ open: [{ project: "acme", package: "report", status: "queued", count: 1 }] });
});

test("sealrun execution settle refuses a platform that is not held, and a time that it cannot use", async () => {
  expect(await settle("--before", now())).toMatchObject({
    exitCode: 75,
    stderr: expect.stringContaining("sealrun platform hold (PLATFORM_NOT_HELD)"),
  });
  for (const time of ["yesterday", "2026-01-31", "2026-01-31T12:00:00"]) {
    expect(await settle("--before", time)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("expected a time with its zone"),
    });
  }
  await used.person.run(["platform", "hold"]);
  expect(await settle("--before", "2100-01-01T00:00:00Z")).toMatchObject({
    exitCode: 64,
    stderr: expect.stringContaining("expected a time in the past"),
  });
});

test("sealrun execution settle ends what was open as lost", async () => {
  await used.person.run(["platform", "hold"]);
  const ended = await settle("--before", now());
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect(ended.stdout).toBe("settled 1 execution, as lost with the code RESTORED\n");
  const { stdout } = await used.person.run(["execution", "show", id, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ status: "lost", error: { code: "RESTORED" } });
  expect(JSON.parse((await settle("--before", now(), "--json")).stdout)).toEqual({ settled: 0, failed: [] });
});
