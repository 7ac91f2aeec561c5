import { expect, test } from "vitest";
import { type AskedWorker, askWorker } from "../../../../packages/web/src/parts/code/ask-worker.ts";

const read = ({ data }: MessageEvent<unknown>): unknown => data;

function openWorker(onAsked: (target: EventTarget, request: unknown) => void): AskedWorker {
  const target = new EventTarget();
  return {
    addEventListener: target.addEventListener.bind(target),
    terminate: () => undefined,
    postMessage: (request: unknown) => onAsked(target, request),
  };
}

test("askWorker() gives what is read of the worker's answer", async () => {
  const echo = openWorker((target, data) => target.dispatchEvent(new MessageEvent("message", { data })));
  expect(await askWorker(echo, { request: 7, read, maxMs: 1_000 })).toBe(7);
});

test("askWorker() says that there is no answer in time, or from a worker that fails", async () => {
  const silent = openWorker(() => undefined);
  expect(await askWorker(silent, { request: 7, read, maxMs: 10 })).toBe("no answer");
  const failing = openWorker((target) => target.dispatchEvent(new Event("error")));
  expect(await askWorker(failing, { request: 7, read, maxMs: 1_000 })).toBe("no answer");
});
