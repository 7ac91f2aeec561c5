import { expect, test } from "vitest";
import { waitUntilReady } from "../../../packages/cli/src/process/wait-until.ts";

const never = new Promise<never>(() => undefined);

test("waitUntilReady() gives the first value that is there", async () => {
  const answers = [undefined, undefined, "up"];
  const ask = (): Promise<string | undefined> => Promise.resolve(answers.shift());
  expect(await waitUntilReady(ask, { ended: never, timeoutMs: 10_000 })).toEqual({ kind: "ready", value: "up" });
});

test("waitUntilReady() says how the child ended when it did", async () => {
  const end = { exitCode: 3, signal: undefined };
  const ask = (): Promise<undefined> => Promise.resolve(undefined);
  const waiting = waitUntilReady(ask, { ended: Promise.resolve(end), timeoutMs: 10_000 });
  expect(await waiting).toEqual({ kind: "ended", end });
});

test("waitUntilReady() gives up after its time", async () => {
  const ask = (): Promise<undefined> => Promise.resolve(undefined);
  expect(await waitUntilReady(ask, { ended: never, timeoutMs: 30 })).toEqual({ kind: "late" });
});

test("waitUntilReady() throws when its signal is aborted", async () => {
  const ask = (): Promise<undefined> => Promise.resolve(undefined);
  const signal = AbortSignal.timeout(20);
  await expect(waitUntilReady(ask, { ended: never, timeoutMs: 10_000, signal })).rejects.toThrow("abort");
});
