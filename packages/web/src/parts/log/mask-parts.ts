/** A piece of masked text: plain, or a mask that stands for a hidden value. */
export interface MaskPart {
  readonly kind: "text" | "mask";
  readonly text: string;
}

/** What the executor writes in place of a value: exactly three stars, or a note that masking failed. */
const mask = /(?<!\*)\*{3}(?!\*)|\[masking failed, \d+ bytes withheld\]/g;

/** Splits text at its masks, so that they can be marked. Joined, the parts are the text. */
export function splitMasks(text: string): readonly MaskPart[] {
  const parts: MaskPart[] = [];
  let done = 0;
  for (const found of text.matchAll(mask)) {
    if (found.index > done) parts.push({ kind: "text", text: text.slice(done, found.index) });
    parts.push({ kind: "mask", text: found[0] });
    done = found.index + found[0].length;
  }
  if (done < text.length) parts.push({ kind: "text", text: text.slice(done) });
  return parts;
}
