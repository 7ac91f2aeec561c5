/** A run of text, or one character that is invisible or changes how other text looks. */
export interface TextPart {
  readonly kind: "text" | "hidden";
  readonly text: string;
}

/** Ranges of code points that hide, join or reverse text. Tab and line feed are not among them. */
const hiddenRanges = [
  // Controls.
  [0x0000, 0x0008],
  [0x000b, 0x001f],
  [0x007f, 0x009f],
  // Soft hyphen, joiners, fillers.
  [0x00ad, 0x00ad],
  [0x034f, 0x034f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  // Directions, zero widths, separators, invisible operators.
  [0x061c, 0x061c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  // Variation selectors, byte order mark, specials, tags.
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
] as const;

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
  const count = countHidden(text).toLocaleString("en");
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

function isHidden(point: number): boolean {
  // Most text: nothing there is hidden.
  if (point >= 0x20 && point < 0x7f) return false;
  return hiddenRanges.some(([first, last]) => point >= first && point <= last);
}
