import { spawnSync } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as off from "@sealrun/faults";
import { expect, test } from "vitest";
import * as on from "../../packages/faults/src/on.ts";

const built = ["--no-warnings"];
const source = ["--conditions=@sealrun/source", ...built];
const testBuild = ["--conditions=@sealrun/faults", ...source];
const crashes = `for (let n = 1; n < 4; n += 1) { crashPoint("executor.step.started"); console.log(n); }`;
const faults = `let text = ""; for (let n = 0; n < 200; n += 1) { try { failAfter("nats"); text += "."; } catch { text += "x"; } } console.log(text);`;

function run(flags: readonly string[], program: string, env: Readonly<Record<string, string>>) {
  const script = `import { countPublishes, countStatement, crashPoint, failAfter } from "@sealrun/faults"; ${program}`;
  const cwd = new URL("../../executor/", import.meta.url);
  const args = [...flags, "--input-type=module", "--eval", script];
  return spawnSync(process.execPath, args, { cwd, env: { ...env }, encoding: "utf8" });
}

test("crashPoint() dies of SIGKILL at the passage that was asked for, in a test build", () => {
  const { signal, stdout } = run(testBuild, crashes, { SEALRUN_CRASH_AT: "executor.step.started:3" });
  expect({ signal, stdout }).toEqual({ signal: "SIGKILL", stdout: "1\n2\n" });
});

test("crashPoint() passes other points by", () => {
  const { signal, stdout } = run(testBuild, crashes, { SEALRUN_CRASH_AT: "executor.step.ended" });
  expect({ signal, stdout }).toEqual({ signal: null, stdout: "1\n2\n3\n" });
});

test("failAfter() reports the same calls as failed for the same seed, and others for another", () => {
  const lines = ["1:0.1", "1:0.1", "2:0.1"].map((given) => run(testBuild, faults, { SEALRUN_FAULTS: given }).stdout);
  expect(lines[0]).toMatch(/x/);
  expect(lines[0]).toBe(lines[1]);
  expect(lines[2]).not.toBe(lines[0]);
});

test("failAfter() does not fail kinds that were not named", () => {
  expect(run(testBuild, faults, { SEALRUN_FAULTS: "1:1:postgres,keyring" }).stdout).not.toMatch(/x/);
});

test.each([
  ["from sources", source],
  ["as it is shipped", built],
])("crashPoint() and failAfter() do nothing %s", (_how, flags) => {
  const env = { SEALRUN_CRASH_AT: "executor.step.started", SEALRUN_FAULTS: "1:1" };
  expect(run(flags, crashes + faults, env)).toMatchObject({ signal: null, stdout: `1\n2\n3\n${".".repeat(200)}\n` });
});

test("countStatement() and countPublishes() note each statement with its transaction, and each subject", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-counts-"));
  const file = join(folder, "counts");
  const counts = `const one = {}; const other = {}; for (const text of ["begin", "update  a\\n set b", "commit"]) {
    countStatement(one, text); countStatement(other, "select 1"); }
    const protocol = { publish() {} }; countPublishes({ protocol }); protocol.publish("a.b", "data");`;
  try {
    expect(run(testBuild, counts, { SEALRUN_COUNT_FILE: file }).status).toBe(0);
    expect(await readFile(file, "utf8")).toBe(
      [
        "sql\t\tselect 1",
        "sql\tupdate a set b\tbegin",
        "sql\tupdate a set b\tupdate a set b",
        "sql\t\tselect 1",
        "sql\tupdate a set b\tcommit",
        "sql\t\tselect 1",
        "nats\ta.b",
        "",
      ].join("\n"),
    );
    await rm(file);
    for (const flags of [source, built]) expect(run(flags, counts, { SEALRUN_COUNT_FILE: file }).status).toBe(0);
    await expect(access(file)).rejects.toThrow(/ENOENT/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("packages/faults exports the same names in both builds", () => {
  expect(Object.keys(on).toSorted()).toEqual(Object.keys(off).toSorted());
});
