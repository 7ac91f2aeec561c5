import { type JsonValue, limits, parseStrictJson, SealrunError } from "@sealrun/protocol";

/** How what is typed is read: as it stands, or as JSON. */
export type ValueForm = "text" | "json";

/** Something about a value that may be meant, and may not. */
export interface ValueWarning {
  readonly kind: "empty" | "unmasked" | "short" | "line-end" | "space";
  readonly sentence: string;
}

/** What can be said of a value while it is typed, without repeating any of it. */
export interface ValueJudgement {
  readonly problem: string | undefined;
  readonly warnings: readonly ValueWarning[];
}

/** Nothing was typed yet. */
export const unjudged: ValueJudgement = { problem: undefined, warnings: [] };

/** The value that the text means. `MALFORMED` says line, column and what was expected, `VALUE_TOO_LARGE` how much fits; neither what was found. */
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

/** What is wrong with a value, or strange about it. */
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

/** Below this many bytes nothing is masked; see the masker's needles. */
const maskedBytes = 4;
/** Below this many bytes only a word of its own is masked. */
const maskedAnywhereBytes = 8;

function warningsOf(text: string): readonly ValueWarning[] {
  if (text === "") return [{ kind: "empty", sentence: "The value is empty. It counts as set and ends the lookup." }];
  const warnings: ValueWarning[] = [];
  // What is printed is often the value without its line break: the masker looks for that too.
  const size = byteLength(text.trim());
  if (size < maskedBytes) {
    const sentence = `Shorter than ${maskedBytes} bytes: logs and results are not masked for it.`;
    warnings.push({ kind: "unmasked", sentence });
  } else if (size < maskedAnywhereBytes) {
    const sentence =
      "Short: it is masked only where it stands as a word of its own, and the same ordinary word is masked too.";
    warnings.push({ kind: "short", sentence });
  }
  if (/[\r\n]$/.test(text)) {
    warnings.push({ kind: "line-end", sentence: "It ends with a line break, which would be part of the value." });
  } else if (text.trim() !== text) {
    warnings.push({ kind: "space", sentence: "It starts or ends with white space, which would be part of the value." });
  }
  return warnings;
}

/** `value:2:5: expected …` as people say it. */
function withPlace(message: string): string {
  const [, line, column, rest = message] = /^value(?::(\d+))?(?::(\d+))?: (.*)$/s.exec(message) ?? [];
  const sentence = rest.replace(/^duplicate key;/, "a key comes twice;");
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
