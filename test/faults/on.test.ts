import { spawnSync } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as off from "@sealrun/faults";
import { expect, inject, test } from "vitest";
import * as on from "../../packages/faults/src/on.ts";
import "../support/provided.ts";

const built = ["--no-warnings"];
const source = ["--conditions=@sealrun/source", ...built];
const testBuild = ["--conditions=@sealrun/faults", ...source];
const crashes = `for (let n = 1; n < 4; n += 1) { crashPoint("executor.step.started"); console.log(n); }`;
const faults = `let text = ""; for (let n = 0; n < 200; n += 1) { try { failAfter("nats"); text += "."; } catch { text += "x"; } } console.log(text);`;

function run(flags: readonly string[], program: string, env: Readonly<Record<string, string>>) {
  const script = `import { countPublishes, countStatement, crashPoint, failAfter } from "@sealrun/faults"; ${program}`;
  const cwd = new URL("../../packages/postgres/", import.meta.url);
  const args = [...flags, "--input-type=module", "--eval", script];
  return spawnSync(process.execPath, args, { cwd, env: { PATH: "/usr/bin:/bin", ...env }, encoding: "utf8" });
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

/** What a program notes in a test build, a line each; it fails when the same program notes anything in another build. */
async function notesOf(program: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-counts-"));
  const file = join(folder, "counts");
  try {
    expect(run(testBuild, program, { SEALRUN_COUNT_FILE: file })).toMatchObject({ status: 0, stderr: "" });
    const notes = (await readFile(file, "utf8")).split("\n").slice(0, -1);
    await rm(file);
    for (const flags of [source, built]) expect(run(flags, program, { SEALRUN_COUNT_FILE: file }).status).toBe(0);
    await expect(access(file)).rejects.toThrow(/ENOENT/);
    return notes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("countStatement() and countPublishes() note each statement with its transaction, and each subject", async () => {
  const notes =
    await notesOf(`const one = {}; const other = {}; for (const text of ["begin", "update  a\\n set b", "commit"]) {
    countStatement(one, text); countStatement(other, "select 1"); }
    const protocol = { publish() {} }; countPublishes({ protocol }); protocol.publish("a.b", "data");`);
  expect(notes.filter((line) => !line.startsWith("trip\t"))).toEqual([
    "sql\t\tselect 1",
    "sql\tupdate a set b\tbegin",
    "sql\tupdate a set b\tupdate a set b",
    "sql\t\tselect 1",
    "sql\tupdate a set b\tcommit",
    "sql\t\tselect 1",
    "nats\ta.b",
  ]);
});

test("countStatement() notes a wait for each statement, but one for those that a pipelined connection sends together", async () => {
  const program = (pipeline: boolean): string => `import pg from "pg";
    const send = (text) => { countStatement(client, text); return client.query(text); };
    const client = new pg.Client({ ...${JSON.stringify(inject("superuser"))}, pipeline: ${pipeline} });
    await client.connect();
    await Promise.all(["begin", "select 1", "select 2"].map(send));
    await send("select 3");
    await Promise.all([send("select 4"), send("commit")]);
    await Promise.allSettled([send("select no"), send("select 5")]);
    await send("select 6");
    await client.end();`;
  const waitsOf = async (pipeline: boolean): Promise<string> =>
    (await notesOf(program(pipeline))).flatMap((line) => /^trip\t.*\t(.*)$/.exec(line)?.[1] ?? []).join(", ");
  expect([await waitsOf(false), await waitsOf(true)]).toEqual([
    "begin, select 1, select 2, select 3, select 4, commit, select no, select 5, select 6",
    "begin, select 3, select 4, select no, select 6",
  ]);
});

test("packages/faults notes each Ed25519 signature and each process in a test build, wherever they are made", async () => {
  const notes = await notesOf(`import { generateKeyPairSync, sign, verify } from "node:crypto";
    import { spawn, execFile } from "node:child_process"; import { once } from "node:events";
    const { privateKey, publicKey } = generateKeyPairSync("ed25519"); const text = Buffer.from("text");
    if (!verify(null, text, publicKey, sign(null, text, privateKey))) process.exit(1);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }); sign("sha256", text, rsa.privateKey);
    await once(spawn("/bin/true", { stdio: "ignore" }), "exit"); await once(execFile("true"), "exit");`);
  expect(notes).toEqual(["signature\tmade", "signature\tchecked", "spawn\ttrue", "spawn\ttrue"]);
});

test("packages/faults exports the same names in both builds", () => {
  expect(Object.keys(on).toSorted()).toEqual(Object.keys(off).toSorted());
});
