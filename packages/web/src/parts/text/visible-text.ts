import { isHidden } from "@sealrun/protocol";
import { showCount } from "./show-count.ts";

/** A run of text, or one character that is invisible or changes how other text looks. */
export interface TextPart {
  readonly kind: "text" | "hidden";
  readonly text: string;
}

/**
 * Splits text so that each hidden character can be shown by its code point, as `U+202E`. `isKept` gets the index of a
 * hidden character in the text, and says that it belongs to its neighbours: see `findJoiners`.
 */
export function splitHidden(text: string, isKept: (index: number) => boolean = never): readonly TextPart[] {
  const parts: TextPart[] = [];
  let plain = "";
  let next = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const index = next;
    next += character.length;
    if (!isHidden(point) || isKept(index)) {
      plain += character;
      continue;
    }
    if (plain !== "") parts.push({ kind: "text", text: plain });
    parts.push({ kind: "hidden", text: `U+${point.toString(16).toUpperCase().padStart(4, "0")}` });
    plain = "";
  }
  if (plain !== "") parts.push({ kind: "text", text: plain });
  return parts;
}

/** As `splitHidden`, as one text, for places that take only text: titles, and names for screen readers. */
export function showHidden(text: string): string {
  return splitHidden(text)
    .map((part) => part.text)
    .join("");
}

/** More hidden characters than this are only counted: a file may have a million, which no browser can mark. */
const maxHidden = 2_000;

/** True when hidden characters are counted instead of shown one by one. */
export function isCrowded(text: string): boolean {
  return text.length > maxHidden && countHidden(text) > maxHidden;
}

/** As `splitHidden`. A crowded text is the number of its hidden characters, then the text without them. */
export function shownParts(text: string): readonly TextPart[] {
  if (!isCrowded(text)) return splitHidden(text);
  const plain = splitHidden(text).filter(({ kind }) => kind === "text");
  const count = showCount(countHidden(text));
  return [
    { kind: "hidden", text: `${count} hidden characters` },
    { kind: "text", text: plain.map((part) => part.text).join("") },
  ];
}

function never(): boolean {
  return false;
}

function countHidden(text: string): number {
  let count = 0;
  for (const character of text) if (isHidden(character.codePointAt(0) ?? 0)) count += 1;
  return count;
}
