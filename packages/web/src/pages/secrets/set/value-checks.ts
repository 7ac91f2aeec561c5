import {
  judgeMasking,
  type JsonValue,
  limits,
  maskedAnywhereBytes,
  parseStrictJson,
  SealrunError,
  showPath,
} from "@sealrun/protocol";

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
      named: "none",
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
    return { problem: undefined, warnings: warningsOf(value) };
  } catch (error) {
    if (!(error instanceof SealrunError)) throw error;
    return { problem: error.message, warnings: [] };
  }
}

function warningsOf(value: JsonValue): readonly ValueWarning[] {
  if (value === "")
    return [{ kind: "empty", sentence: "The value is empty. It still counts as set, so wider scopes are not asked." }];
  const warnings: ValueWarning[] = [...warnOfMasking(value)];
  if (typeof value !== "string") return warnings;
  const text = value;
  if (/[\r\n]$/.test(text)) {
    warnings.push({ kind: "line-end", sentence: "It ends with a line break, which would be part of the value." });
  } else if (text.trim() !== text) {
    warnings.push({ kind: "space", sentence: "It starts or ends with white space, which would be part of the value." });
  }
  return warnings;
}

function warnOfMasking(value: JsonValue): readonly ValueWarning[] {
  const { masking, isCommonWord, unmasked } = judgeMasking(value);
  const asWord = "it is masked only as a separate word, and the same word elsewhere in the output is masked too.";
  if (masking === "none")
    return [{ kind: "unmasked", sentence: "Too short to mask: logs and results show it as it is." }];
  if (isCommonWord) return [{ kind: "short", sentence: `A common word: ${asWord}` }];
  if (typeof value === "string" && byteLength(value.trim()) < maskedAnywhereBytes)
    return [{ kind: "short", sentence: `Short: ${asWord}` }];
  if (unmasked.length === 0) return [];
  const [first = []] = unmasked;
  const more = unmasked.length > 1 ? ` and ${unmasked.length - 1} more` : "";
  const sentence = `Not masked, because too short or common words: ${showPath([...first])}${more}.`;
  return [{ kind: "unmasked", sentence }];
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
