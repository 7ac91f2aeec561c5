import type { CodePiece } from "./highlight.ts";

/** Lines of code, each split into pieces of one kind. */
export type CodeLines = readonly (readonly CodePiece[])[];

/** What the worker is sent. */
export interface HighlightRequest {
  readonly text: string;
  readonly language: string;
}

/** What the worker answers: undefined when the text cannot be coloured. */
export interface HighlightAnswer {
  readonly lines: CodeLines | undefined;
}

/** The worker in which the language rules run. */
export type HighlightWorker = Pick<Worker, "postMessage" | "addEventListener" | "terminate">;

/** Colours code in a worker, so that the page stays responsive. */
export interface Highlighter {
  /** Undefined when it takes too long, fails, or is aborted. */
  readonly highlight: (request: HighlightRequest, signal: AbortSignal) => Promise<CodeLines | undefined>;
}

/** The language rules take minutes for some texts of a few KiB, and the texts are not trusted. */
const defaultMaxMs = 5_000;

/** One worker, opened with the first text and ended when a text takes longer than `maxMs`; one text after the other. */
export function createHighlighter(openWorker: () => HighlightWorker, maxMs = defaultMaxMs): Highlighter {
  let worker: HighlightWorker | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const ask = async (request: HighlightRequest): Promise<CodeLines | undefined> => {
    worker ??= openWorker();
    const lines = await answerOf(worker, request, maxMs);
    if (lines === "no answer") {
      worker.terminate();
      worker = undefined;
      return undefined;
    }
    return lines;
  };
  return {
    highlight: async (request, signal) => {
      const own = queue.then(async () => (signal.aborted ? undefined : ask(request)));
      queue = own.catch(() => undefined);
      return own;
    },
  };
}

/** "no answer" when the worker does not answer in time, or failed. */
async function answerOf(
  worker: HighlightWorker,
  request: HighlightRequest,
  maxMs: number,
): Promise<CodeLines | undefined | "no answer"> {
  const done = new AbortController();
  const { signal } = done;
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve("no answer"), maxMs);
      signal.addEventListener("abort", () => clearTimeout(timer));
      worker.addEventListener("message", ({ data }: MessageEvent<HighlightAnswer>) => resolve(data.lines), { signal });
      worker.addEventListener("error", () => resolve("no answer"), { signal });
      worker.postMessage(request);
    });
  } finally {
    done.abort();
  }
}
