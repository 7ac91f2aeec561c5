import type { CodePiece } from "./highlight.ts";

/** Lines of code, in pieces of one kind each. */
export type CodeLines = readonly (readonly CodePiece[])[];

/** What a worker is asked. */
export interface HighlightAsked {
  readonly text: string;
  readonly language: string;
}

/** What a worker answers: undefined when the text cannot be coloured. */
export interface HighlightAnswer {
  readonly lines: CodeLines | undefined;
}

/** Where the rules of languages run. */
export type HighlightWorker = Pick<Worker, "postMessage" | "addEventListener" | "terminate">;

/** Colours code apart from the page. */
export interface Highlighter {
  /** Undefined when it takes too long, fails, or when nobody waits for it any more. */
  readonly highlight: (asked: HighlightAsked, signal: AbortSignal) => Promise<CodeLines | undefined>;
}

/** The rules of languages take minutes for some texts of a few KiB, and anybody may have written them. */
const usualMs = 5_000;

/** One worker, opened with the first text and ended when a text takes longer than `mostMs`; one text after the other. */
export function createHighlighter(openWorker: () => HighlightWorker, maxMs = usualMs): Highlighter {
  let worker: HighlightWorker | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const ask = async (asked: HighlightAsked): Promise<CodeLines | undefined> => {
    worker ??= openWorker();
    const lines = await answerOf(worker, asked, maxMs);
    if (lines === "none") {
      worker.terminate();
      worker = undefined;
      return undefined;
    }
    return lines;
  };
  return {
    highlight: async (asked, signal) => {
      const own = before.then(async () => (signal.aborted ? undefined : ask(asked)));
      before = own.catch(() => undefined);
      return own;
    },
  };
}

/** `none` when the worker does not answer in time, or broke. */
async function answerOf(
  worker: HighlightWorker,
  asked: HighlightAsked,
  maxMs: number,
): Promise<CodeLines | undefined | "none"> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve("none"), maxMs);
      signal.addEventListener("abort", () => clearTimeout(timer));
      worker.addEventListener("message", ({ data }: MessageEvent<HighlightAnswer>) => resolve(data.lines), { signal });
      worker.addEventListener("error", () => resolve("none"), { signal });
      worker.postMessage(asked);
    });
  } finally {
    done.abort();
  }
}
