/** An integer in a JSON text that a double does not keep. */
export interface LostInteger {
  /** The keys and indices that lead to it. */
  readonly path: readonly (string | number)[];
  /** Its line, from 1. */
  readonly line: number;
  /** As it is written. It may be a secret. */
  readonly literal: string;
}

/** What to do about such an integer, at the end of a sentence. */
export const lostIntegerAdvice =
  "expected an integer that keeps its value, this one is rounded when JSON is read; write it as text (in quotes)";

/**
 * True for the literal of an integer that a double does not print back with the same digits, such as 9223372036854775808.
 * A literal with a point or an exponent is no integer: it means the nearest double.
 */
export function isLostInteger(literal: string): boolean {
  if (!/^-?[0-9]+$/.test(literal)) return false;
  const value = Number(literal);
  return !Number.isSafeInteger(value) && String(value) !== literal;
}

/** The integers that `JSON.parse` rounds, in the order of the text, which is valid JSON. Linear in the text's length. */
export function* findLostIntegers(text: string): Generator<LostInteger> {
  // Shorter integers are kept; most messages end here.
  if (!/[0-9]{16}/.test(text)) return;
  const open: { key: string | number }[] = [];
  let line = 1;
  let at = 0;
  let lastText = "";
  while (at < text.length) {
    const character = text.charAt(at);
    const inner = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      // Only a key is needed, and the text before ":" is one.
      lastText = text.slice(at, end);
      at = end;
      continue;
    }
    if (character === "-" || (character >= "0" && character <= "9")) {
      const end = endOfNumber(text, at);
      const literal = text.slice(at, end);
      if (isLostInteger(literal)) yield { path: open.map(({ key }) => key), line, literal };
      at = end;
      continue;
    }
    if (character === "\n") line += 1;
    else if (character === "{") open.push({ key: "" });
    else if (character === "[") open.push({ key: 0 });
    else if (character === "}" || character === "]") open.pop();
    else if (character === ":" && inner !== undefined) inner.key = unescapeString(lastText);
    else if (character === "," && typeof inner?.key === "number") inner.key += 1;
    at += 1;
  }
}

/** The place after the closing quote: a quote that an even number of backslashes stands before. */
function endOfString(text: string, opening: number): number {
  let at = opening + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at + 1;
}

/** The text of a valid string literal. */
function unescapeString(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && /[0-9.eE+-]/.test(text.charAt(at))) at += 1;
  return at;
}
