import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PartProcess, startPartProcess } from "../../../packages/cli/src/dev/part-process.ts";
import { programs } from "../../support/servers.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function startScript(name: string, script: string, onLine?: (line: string) => void): Promise<PartProcess> {
  return startPartProcess({
    programs: programs(),
    name,
    command: process.execPath,
    args: ["-e", script],
    environment: { GIVEN: "yes" },
    logFile: join(folder, `${name}.log`),
    ...(onLine === undefined ? {} : { onLine }),
  });
}

test("startPartProcess() writes the lines of both streams to a log that only the owner reads", async () => {
  const part = await startScript("lines", "console.log('one'); console.error('two')");
  expect(await part.ended).toEqual({ exitCode: 0, signal: undefined });
  const log = join(folder, "lines.log");
  expect((await readFile(log, "utf8")).trim().split("\n").sort()).toEqual(["one", "two"]);
  expect((await stat(log)).mode & 0o777).toBe(0o600);
});

test("startPartProcess() passes on no environment but the given one and PATH", async () => {
  const lines: string[] = [];
  const part = await startScript("env", "console.log(Object.keys(process.env).sort().join())", (line) =>
    lines.push(line),
  );
  await part.ended;
  expect(lines).toEqual(["GIVEN,PATH"]);
});

test("startPartProcess() reports the exit code of a part that fails", async () => {
  const part = await startScript("fails", "process.exit(3)");
  expect(await part.ended).toEqual({ exitCode: 3, signal: undefined });
});

test("startPartProcess() asks gently to stop", async () => {
  const started = Promise.withResolvers<string>();
  const script = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')";
  const part = await startScript("gentle", script, started.resolve);
  await started.promise;
  expect(await part.stop()).toEqual({ exitCode: 7, signal: undefined });
});

test("startPartProcess() kills a part that does not stop in its grace time", async () => {
  const started = Promise.withResolvers<string>();
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
  const part = await startScript("stubborn", script, started.resolve);
  await started.promise;
  expect(await part.stop(50)).toEqual({ exitCode: undefined, signal: "SIGKILL" });
});

test("startPartProcess() says DATA_FOLDER_UNUSABLE when the log cannot be written", async () => {
  await expect(startScript("missing/folder", "")).rejects.toMatchObject({ code: "DATA_FOLDER_UNUSABLE" });
});
