/** One pictograph, with what picks its look: text or colour, and the colour of a skin. */
const pictograph = "\\p{Extended_Pictographic}(?:[\\u{FE0E}\\u{FE0F}]|\\p{Emoji_Modifier})?";
/** Scripts of Western Asia and Mongolia, then of India and its neighbours: a joiner changes the form of their letters. */
const western = "\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Nkoo}\\p{scx=Mong}\\p{scx=Tibt}";
const northern = "\\p{scx=Deva}\\p{scx=Beng}\\p{scx=Guru}\\p{scx=Gujr}\\p{scx=Orya}";
const southern = "\\p{scx=Taml}\\p{scx=Telu}\\p{scx=Knda}\\p{scx=Mlym}\\p{scx=Sinh}\\p{scx=Khmr}\\p{scx=Mymr}";
const letter = `[${western}${northern}${southern}]`;

/** Emoji, alone or joined; keys such as `1️⃣`; and a joiner between letters. */
const sequence = new RegExp(
  `${pictograph}(?:\\u{200D}${pictograph})*|[0-9#*]\\u{FE0F}?\\u{20E3}|(?<=${letter})[\\u{200C}\\u{200D}](?=${letter})`,
  "gu",
);
const joiner = /\u200C|\u200D|\uFE0E|\uFE0F/g;

/**
 * The indices of joiners and variation selectors that are part of ordinary text: within an emoji, and between letters of
 * scripts that need them. Anywhere else they are invisible, and so can hide something.
 */
export function findJoiners(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  if (text.search(joiner) < 0) return found;
  for (const { 0: whole, index } of text.matchAll(sequence)) {
    for (const inner of whole.matchAll(joiner)) found.add(index + inner.index);
  }
  return found;
}
