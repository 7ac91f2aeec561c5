import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readSandboxStatus } from "../../../executor/src/child/sandbox-status.ts";

test("readSandboxStatus() finds the first process and the exit code, however the text is cut", async () => {
  const stream = new PassThrough();
  const status = readSandboxStatus(stream);
  for (const part of [`{ "child-pid": ${process.pid},`, ` "ipc-namespace": 1 }\n{ "exit-`, `code": 7 }\n`])
    stream.write(part);
  stream.end();
  expect((await status.firstProcess)?.id).toBe(process.pid);
  await status.ended;
  expect(status.exitCode()).toBe(7);
});

test("readSandboxStatus() knows no process when the sandbox never started", async () => {
  const stream = new PassThrough();
  const status = readSandboxStatus(stream);
  stream.destroy();
  expect(await status.firstProcess).toBeUndefined();
  await status.ended;
  expect(status.exitCode()).toBeUndefined();
});
