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

/** True for a code point that is invisible or changes how other text looks: outside text must not contain it unseen. */
export function isHidden(point: number): boolean {
  // Most text: nothing there is hidden.
  if (point >= 0x20 && point < 0x7f) return false;
  return hiddenRanges.some(([first, last]) => point >= first && point <= last);
}
