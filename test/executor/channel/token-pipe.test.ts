import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createTokenPipe, type TokenPipe } from "../../../executor/src/channel/token-pipe.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A pipe, and the script's end of it, which does not wait either. */
async function openPipe(): Promise<{ pipe: TokenPipe; script: number }> {
  await using root = await temporaryFolder();
  const name = join(root.path, "token");
  execFileSync("mkfifo", [name]);
  const open = (): number => openSync(name, constants.O_RDWR | constants.O_NONBLOCK);
  const pipe = createTokenPipe(open());
  const script = open();
  onTestFinished(() => {
    pipe.close();
    closeSync(script);
  });
  return { pipe, script };
}

test("createTokenPipe() puts the token where a script reads it, and sees when it is away", async () => {
  const { pipe, script } = await openPipe();
  expect([...pipe.take()]).toEqual([]);
  pipe.put();
  const read = Buffer.alloc(2);
  expect([readSync(script, read), read[0]]).toEqual([1, 0x0a]);
  expect([...pipe.take()]).toEqual([]);
  writeSync(script, "\n");
  expect([...pipe.take()]).toEqual([0x0a]);
});

test("createTokenPipe() neither waits nor throws at a pipe that a script has filled", async () => {
  const { pipe, script } = await openPipe();
  expect(writeSync(script, Buffer.alloc(100_000))).toBe(65_536);
  pipe.put();
  expect([...pipe.take()]).toEqual(Array.from({ length: 64 }, () => 0));
});

test("createTokenPipe() does nothing after close()", async () => {
  const { pipe, script } = await openPipe();
  pipe.close();
  pipe.close();
  pipe.put();
  expect([...pipe.take()]).toEqual([]);
  expect(() => readSync(script, Buffer.alloc(1))).toThrow("EAGAIN");
});
