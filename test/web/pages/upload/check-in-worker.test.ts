import { checkSources } from "@sealrun/client";
import { expect, test } from "vitest";
import {
  checkInWorker,
  type SourcesAnswer,
  type SourcesRequest,
} from "../../../../packages/web/src/pages/upload/check-in-worker.ts";
import { reviewPackage } from "../../../../packages/web/src/pages/upload/review.ts";
import { readDropped } from "../../../../packages/web/src/pages/upload/drop/read-dropped.ts";
import type { AskedWorker } from "../../../../packages/web/src/parts/code/ask-worker.ts";
import { droppedFiles } from "./dropped.ts";

/** A worker that gets a copy, as a real one does, and answers what `answer` says; undefined hangs it. */
function openAnswering(answer: ((request: SourcesRequest) => Promise<SourcesAnswer>) | undefined) {
  const target = new EventTarget();
  const sent: SourcesRequest[] = [];
  let ended = 0;
  const worker: AskedWorker = {
    addEventListener: target.addEventListener.bind(target),
    terminate: () => (ended += 1),
    postMessage: (request: SourcesRequest) => {
      sent.push(structuredClone(request));
      void answer?.(request).then((data) => target.dispatchEvent(new MessageEvent("message", { data })));
    },
  };
  return { open: () => worker, sent, countEnded: () => ended };
}

const checkedOf = async (files: Readonly<Record<string, string>>) =>
  reviewPackage(await readDropped({ files: droppedFiles(files) })).checked;

test("checkInWorker() gives what checkSources() finds, and sends no secret", async () => {
  const checked = await checkedOf({ "main.ts": "const = 1;\n", "secrets.json": '{"KEY": "a value of a secret"}' });
  const worker = openAnswering(async (request) => ({ problems: await checkSources(request) }));
  const problems = await checkInWorker(checked, worker.open);
  expect(problems).toMatchObject([{ severity: "refused", file: "main.ts", line: 1 }]);
  expect(Object.keys(worker.sent[0] ?? {})).toEqual(["files", "steps", "manifest"]);
  expect(worker.countEnded()).toBe(1);
});

test.each([
  ["does not answer", undefined],
  ["cannot check", async () => ({ problems: undefined })],
])("checkInWorker() warns, and ends the worker, when it %s", async (_, answer) => {
  const worker = openAnswering(answer);
  const problems = await checkInWorker(await checkedOf({ "main.ts": "" }), worker.open, 10);
  expect(problems).toMatchObject([{ level: "warning", message: expect.stringContaining("sealrun check") }]);
  expect(worker.countEnded()).toBe(1);
});
