import { type JsonValue, limits, parseStrictJson, SealrunError } from "@sealrun/protocol";

/** How the typed text is read: as it is, or as JSON. */
export type ValueForm = "text" | "json";

/** A property of a value that may be intended or a mistake. */
export interface ValueWarning {
  readonly kind: "empty" | "unmasked" | "short" | "line-end" | "space";
  readonly sentence: string;
}

/** The problem and the warnings of a value while it is typed. They never repeat any of it. */
export interface ValueJudgement {
  readonly problem: string | undefined;
  readonly warnings: readonly ValueWarning[];
}

/** The judgement before anything is typed. */
export const unjudged: ValueJudgement = { problem: undefined, warnings: [] };

/** The value that the text stands for. `MALFORMED` names line, column and what was expected, `VALUE_TOO_LARGE` the limit; neither repeats the text. */
export function readValue(text: string, form: ValueForm): JsonValue {
  if (form === "text") return text;
  try {
    return parseStrictJson(new TextEncoder().encode(text), {
      file: "value",
      code: "MALFORMED",
      maxBytes: limits.secretsFileBytes,
      maxDepth: limits.jsonDepth,
      isValue: true,
    }).value;
  } catch (error) {
    if (!(error instanceof SealrunError)) throw error;
    throw new SealrunError(error.code, withPlace(error.message));
  }
}

/** Judges a value by its form, size and content. */
export function judgeValue(text: string, form: ValueForm): ValueJudgement {
  try {
    const value = readValue(text, form);
    const size = byteLength(JSON.stringify(value));
    if (size > limits.secretValueBytes) return { problem: tooLarge(size), warnings: [] };
    return { problem: undefined, warnings: typeof value === "string" ? warningsOf(value) : [] };
  } catch (error) {
    if (!(error instanceof SealrunError)) throw error;
    return { problem: error.message, warnings: [] };
  }
}

/** Shorter values are not masked; see the masker's needles. */
const maskedBytes = 4;
/** Shorter values are masked only as a separate word. */
const maskedAnywhereBytes = 8;

function warningsOf(text: string): readonly ValueWarning[] {
  if (text === "")
    return [{ kind: "empty", sentence: "The value is empty. It still counts as set, so wider scopes are not asked." }];
  const warnings: ValueWarning[] = [];
  // Scripts often print the value without its line break: the masker looks for that too.
  const size = byteLength(text.trim());
  if (size < maskedBytes) {
    const sentence = `Shorter than ${maskedBytes} bytes: it is not masked in logs and results.`;
    warnings.push({ kind: "unmasked", sentence });
  } else if (size < maskedAnywhereBytes) {
    const sentence =
      "Short: it is masked only as a separate word, and the same word elsewhere in the output is masked too.";
    warnings.push({ kind: "short", sentence });
  }
  if (/[\r\n]$/.test(text)) {
    warnings.push({ kind: "line-end", sentence: "It ends with a line break, which would be part of the value." });
  } else if (text.trim() !== text) {
    warnings.push({ kind: "space", sentence: "It starts or ends with white space, which would be part of the value." });
  }
  return warnings;
}

/** Turns `value:2:5: expected …` into `Line 2, column 5: expected …`. */
function withPlace(message: string): string {
  const [, line, column, rest = message] = /^value(?::(\d+))?(?::(\d+))?: (.*)$/s.exec(message) ?? [];
  const sentence = rest.replace(/^duplicate key;/, "a key appears twice;");
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(", ");
  const whole = place === "" ? sentence : `${place}: ${sentence}`;
  return whole.charAt(0).toUpperCase() + whole.slice(1).replace("; the file is empty", "; nothing is typed");
}

function tooLarge(size: number): string {
  return `Expected at most ${limits.secretValueBytes} bytes as JSON, found ${size}`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
