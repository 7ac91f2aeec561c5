import { lastWritten } from "@sealrun/protocol";
import { visibleLine } from "../../../parts/log/ansi.ts";
import type { KeptLine, LogStore } from "../log/log-store.ts";

/** How many lines from the end are looked at: a flood of output must not cost a frame. */
const maxLooked = 5_000;
/** How many of the last errors may hold the headline: a stack trace is shorter. */
const maxErrors = 60;
const maxShown = 6;

/** What languages write first of an error, at the start of a line. */
const headline =
  /^(?:Uncaught )?(?:[\w$.]{0,100}(?:Error|Exception|Interrupt)\b|error\b|fatal\b|panic\b|ERROR\b|FATAL\b)/;

/**
 * The lines of a step that say why it failed: those around its last error, or the last ones that it wrote. A line's own
 * level counts, and standard error; a step that wrote neither is shown by the end of its output.
 */
export function findErrorLines(store: Pick<LogStore, "size" | "at">, step: string): readonly KeptLine[] {
  const lines: KeptLine[] = [];
  for (let index = Math.max(store.size() - maxLooked, 0); index < store.size(); index += 1) {
    const line = store.at(index);
    if (line !== undefined && line.step === step && isMeaningful(textOf(line))) lines.push(line);
  }
  const errors = lines.filter(isError).slice(-maxErrors);
  if (errors.length === 0) return lines.slice(-3);
  const at = errors.findLastIndex((line) => headline.test(textOf(line)));
  return at < 0 ? errors.slice(-4) : errors.slice(Math.max(at - 2, 0), at + 3).slice(-maxShown);
}

function isError({ stream, level }: KeptLine): boolean {
  return stream === "stderr" || level === "error" || level === "critical";
}

/** Not empty, and not only the caret under the place of an error. */
function isMeaningful(text: string): boolean {
  return /[^\s^~]/.test(text);
}

function textOf({ text }: KeptLine): string {
  return visibleLine(lastWritten(text)).slice(0, 500);
}
