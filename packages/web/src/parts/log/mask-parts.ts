/** A piece of masked text: as it is, or where something was hidden. */
export interface MaskPart {
  readonly kind: "text" | "mask";
  readonly text: string;
}

/** What the executor writes over a value: three stars by themselves; or that it could not tell and withheld all. */
const mask = /(?<!\*)\*{3}(?!\*)|\[masking failed, \d+ bytes withheld\]/g;

/** Splits text at its masks, so that they can be shown as what they are. Joined, the parts are the text. */
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
