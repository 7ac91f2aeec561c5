import { advance, type Following, type LongNeedle } from "./long-needle.ts";
import type { MaskWindow } from "./mask-window.ts";

/** Needles after their head: hidden for as long as the stream matches them, also when it stops before their end. */
export function createLongNeedles(window: MaskWindow) {
  const followings = new Map<LongNeedle, Following>();

  function follow(needle: LongNeedle, matchedBefore: number, start: number): void {
    const { bytes, hidden, offset } = window;
    let matched = matchedBefore;
    let index = start;
    while (matched > 0 && index < bytes.length) {
      matched = advance(needle, matched, bytes[index] ?? 0);
      if (matched > 0) hidden[index] = 1;
      index += 1;
    }
    followings.set(needle, { matched, at: offset + index });
  }

  return {
    goOn: (start: number) => {
      for (const [needle, { matched }] of followings) if (matched > 0) follow(needle, matched, start);
    },
    /** The head of `needle` ends at `end`. Does nothing when the stream was already followed beyond that. */
    start: (needle: LongNeedle, end: number) => {
      const known = followings.get(needle);
      if (known === undefined || (known.matched === 0 && known.at < window.offset + end))
        follow(needle, needle.head, end);
    },
  };
}
