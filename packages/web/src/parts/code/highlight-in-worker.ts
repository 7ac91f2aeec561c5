import { type AskedWorker, askWorker } from "./ask-worker.ts";
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

/** Colours code in a worker, so that the page stays responsive. */
export interface Highlighter {
  /** Undefined when it takes too long, fails, or is aborted. */
  readonly highlight: (request: HighlightRequest, signal: AbortSignal) => Promise<CodeLines | undefined>;
}

/** The language rules take minutes for some texts of a few KiB, and the texts are not trusted. */
const defaultMaxMs = 5_000;

/** One worker, opened with the first text and ended when a text takes longer than `maxMs`; one text after the other. */
export function createHighlighter(openWorker: () => AskedWorker, maxMs = defaultMaxMs): Highlighter {
  let worker: AskedWorker | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const ask = async (request: HighlightRequest): Promise<CodeLines | undefined> => {
    worker ??= openWorker();
    const lines = await askWorker(worker, { request, read: readLines, maxMs });
    if (lines !== "no answer") return lines;
    worker.terminate();
    worker = undefined;
    return undefined;
  };
  return {
    highlight: async (request, signal) => {
      const own = queue.then(async () => (signal.aborted ? undefined : ask(request)));
      queue = own.catch(() => undefined);
      return own;
    },
  };
}

function readLines({ data }: MessageEvent<HighlightAnswer>): CodeLines | undefined {
  return data.lines;
}
