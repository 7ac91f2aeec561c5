import { expect, test } from "vitest";
import * as fc from "fast-check";
import { liveNode, scan } from "../../../../executor/src/mask/match/automaton.ts";
import { createNeedleTrie } from "../../../../executor/src/mask/match/needle-trie.ts";
import { addNeedle, needleOf } from "../support.ts";

const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength, maxLength });

test("scan() finds the longest needle at each place and the longest beginning that is left", () => {
  fc.assert(
    fc.property(fc.array(word(4, 9), { minLength: 1, maxLength: 6 }), word(0, 40), fc.nat(), (needles, text, added) => {
      const trie = createNeedleTrie();
      const bytes = Buffer.from(text);
      for (const [index, needle] of needles.entries()) {
        addNeedle(trie, needleOf(needle));
        // A scan in between makes links, which the next needle makes stale.
        if (index === added % needles.length) scan(trie, bytes, { from: 0, node: 0 }, () => {});
      }
      const ends: number[] = [];
      const node = scan(trie, bytes, { from: 0, node: 0 }, (_, first, last) => {
        for (let end = first; end <= last; end += 1) ends.push(end);
      });
      const places = Array.from({ length: text.length }, (_, index) => index + 1);
      expect(ends).toEqual(places.filter((end) => needles.some((needle) => text.slice(0, end).endsWith(needle))));
      const beginnings = needles.flatMap((needle) => Array.from(needle, (_, length) => needle.slice(0, length)));
      const live = Math.max(0, ...beginnings.filter((start) => text.endsWith(start)).map((start) => start.length));
      expect(trie.depths[liveNode(trie, node)]).toBe(live);
    }),
    { numRuns: 1000 },
  );
});
