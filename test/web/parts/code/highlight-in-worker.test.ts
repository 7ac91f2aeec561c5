import { expect, test } from "vitest";
import type { AskedWorker } from "../../../../packages/web/src/parts/code/ask-worker.ts";
import {
  createHighlighter,
  type HighlightAnswer,
  type HighlightRequest,
} from "../../../../packages/web/src/parts/code/highlight-in-worker.ts";

const never = new AbortController().signal;
const asked = (text: string): HighlightRequest => ({ text, language: "bash" });

/** Workers that answer with the text as one piece, hang at `hang`, and break at `break`. */
function hostileWorkers() {
  const seen: string[] = [];
  let opened = 0;
  let ended = 0;
  const open = (): AskedWorker => {
    opened += 1;
    const target = new EventTarget();
    return {
      addEventListener: target.addEventListener.bind(target),
      terminate: () => (ended += 1),
      postMessage: ({ text }: HighlightRequest) => {
        seen.push(text);
        const data: HighlightAnswer = { lines: text === "none" ? undefined : [[{ text, kind: undefined }]] };
        if (text === "break") target.dispatchEvent(new Event("error"));
        else if (text !== "hang") target.dispatchEvent(new MessageEvent("message", { data }));
      },
    };
  };
  return { open, seen, counts: () => ({ opened, ended }) };
}

test("createHighlighter() gives each text its own lines, from one worker", async () => {
  const { open, counts } = hostileWorkers();
  const { highlight } = createHighlighter(open);
  const texts = ["one", "two", "none"];
  const lines = await Promise.all(texts.map(async (text) => highlight(asked(text), never)));
  expect(lines.map((found) => found?.[0]?.[0]?.text)).toEqual(["one", "two", undefined]);
  expect(counts()).toEqual({ opened: 1, ended: 0 });
});

test.each(["hang", "break"])(
  "createHighlighter() ends a worker that does %s, and the next text gets another",
  async (bad) => {
    const { open, counts } = hostileWorkers();
    const { highlight } = createHighlighter(open, 10);
    const [first, second] = await Promise.all([highlight(asked(bad), never), highlight(asked("next"), never)]);
    expect(first).toBeUndefined();
    expect(second?.[0]?.[0]?.text).toBe("next");
    expect(counts()).toEqual({ opened: 2, ended: 1 });
  },
);

test("createHighlighter() sends the worker nothing once it is aborted", async () => {
  const { open, seen } = hostileWorkers();
  expect(await createHighlighter(open).highlight(asked("one"), AbortSignal.abort())).toBeUndefined();
  expect(seen).toEqual([]);
});
