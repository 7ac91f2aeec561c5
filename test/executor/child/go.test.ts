import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { waitForReady, writeGo } from "../../../executor/src/child/go.ts";

test("waitForReady() accepts the line however it is cut, and leaves the stream paused", async () => {
  const frames = new PassThrough();
  const ready = waitForReady(frames);
  for (const part of ["re", "ady", "\n"]) frames.write(part);
  expect(await ready).toBe(true);
  expect(frames.isPaused()).toBe(true);
  expect(frames.listenerCount("data")).toBe(0);
});

test.each(["", "read", "ready"])("waitForReady() is false when the stream ends after %j", async (text) => {
  const frames = new PassThrough();
  const ready = waitForReady(frames);
  frames.end(text);
  expect(await ready).toBe(false);
});

test("waitForReady() is false when the stream breaks", async () => {
  const frames = new PassThrough();
  const ready = waitForReady(frames);
  frames.destroy();
  expect(await ready).toBe(false);
});

test.each(["ready\n1", "2\n{}", "READY\n"])("waitForReady() refuses %j", async (text) => {
  const frames = new PassThrough();
  const ready = waitForReady(frames);
  frames.write(text);
  await expect(ready).rejects.toMatchObject({ code: "CHANNEL_BROKEN" });
});

test("writeGo() writes one line and nothing else", () => {
  const frames = new PassThrough();
  writeGo(frames);
  expect(String(frames.read())).toBe("go\n");
});
