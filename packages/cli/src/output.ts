import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { type SealrunError } from "@sealrun/protocol";
import { cleanOutput, cleanText } from "./clean-text.ts";

/** How a word may be emphasised; plain when the output is no terminal or NO_COLOR is set. */
export type Style = "green" | "red" | "yellow" | "dim" | "bold";

/** Everything the command prints. Results go to standard output; notes, warnings, progress and errors to standard error. */
export interface Output {
  line(text: string): void;
  /** One JSON document. */
  json(value: unknown): void;
  /** One JSON document on one line, for streams of them. */
  jsonLine(value: unknown): void;
  /**
   * A line of another program: unchanged, except that a terminal gets no control characters, and of a line that writes
   * over itself what is still seen. `label` comes before it.
   */
  foreign(text: string, label?: string): void;
  note(text: string): void;
  warn(text: string): void;
  /** The last line of a command that failed: `error: <sentence> (CODE)`, or the same as JSON. */
  fail(error: SealrunError, asJson: boolean): void;
  /** Shows what the command waits for: only on a terminal and after a second. Call the result when the wait is over. */
  progress(text: string): () => void;
  paint(style: Style, text: string): string;
  /** Columns of a table, each as wide as its widest cell. */
  table(heads: readonly string[], rows: readonly (readonly string[])[]): void;
}

type Stream = Writable & { readonly isTTY?: boolean };
const progressAfterMs = 1_000;

/** Prints to these two streams. */
export function createOutput(stdout: Stream, stderr: Stream): Output {
  let shown: string | undefined;
  const hide = (): void => {
    if (shown !== undefined) stderr.write("\r\u001b[K");
  };
  const show = (): void => {
    if (shown !== undefined) stderr.write(shown);
  };
  const write = (stream: Stream, text: string): void => {
    hide();
    stream.write(`${text}\n`);
    show();
  };
  const safe = (stream: Stream, text: string): string => (stream.isTTY === true ? cleanText(text) : text);
  const paint = (style: Style, text: string): string => styleText(style, text, { stream: stdout });
  const eachLine = (text: string, form: (part: string) => string): string => text.split("\n").map(form).join("\n");
  const line = (text: string): void =>
    write(
      stdout,
      eachLine(text, (part) => safe(stdout, part)),
    );
  return {
    line,
    json: (value) => write(stdout, JSON.stringify(value, undefined, 2)),
    jsonLine: (value) => write(stdout, JSON.stringify(value)),
    foreign: (text, label = "") =>
      write(stdout, safe(stdout, label) + (stdout.isTTY === true ? cleanOutput(text) : text)),
    note: (text) => write(stderr, eachLine(text, cleanText)),
    warn: (text) => write(stderr, `${styleText("yellow", "warning:", { stream: stderr })} ${cleanText(text)}`),
    fail: (error, asJson) => {
      write(
        stderr,
        asJson ? JSON.stringify({ error: { code: error.code, message: error.message } }) : sentenceOf(error),
      );
    },
    progress: (text) => {
      if (stderr.isTTY !== true) return () => undefined;
      const timer = setTimeout(() => {
        shown = `${cleanText(text)} …`;
        show();
      }, progressAfterMs);
      return () => {
        clearTimeout(timer);
        hide();
        shown = undefined;
      };
    },
    paint,
    table: (heads, rows) => {
      const widths = heads.map((head, column) =>
        Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
      );
      const form = (cells: readonly string[]): string =>
        cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd();
      line(paint("dim", form(heads)));
      for (const row of rows) line(form(row));
    },
  };
}

/** Always one line, because programs read it. */
function sentenceOf(error: SealrunError): string {
  const lines = error.message.split("\n").map((text) => text.trim());
  return `error: ${cleanText(lines.filter((text) => text !== "").join("; "))} (${error.code})`;
}
