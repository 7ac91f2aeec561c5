import type { CodeLines, HighlightAnswer, HighlightRequest } from "./highlight-in-worker.ts";
import { highlightLines } from "./highlight.ts";

/** More pieces take the page longer to lay out than their colours are worth. */
const maxPieces = 40_000;

globalThis.addEventListener("message", ({ data }: MessageEvent<HighlightRequest>) => {
  const answer: HighlightAnswer = { lines: colour(data) };
  globalThis.postMessage(answer);
});

/** Code that is nested too deeply overflows the stack of the language rules: it stays plain. */
function colour({ text, language }: HighlightRequest): CodeLines | undefined {
  try {
    const lines = highlightLines(text, language);
    return lines.reduce((count, line) => count + line.length, 0) > maxPieces ? undefined : lines;
  } catch {
    return undefined;
  }
}
