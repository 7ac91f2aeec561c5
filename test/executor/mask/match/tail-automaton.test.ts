import { expect, test } from "vitest";
import * as fc from "fast-check";
import type { LongNeedle } from "../../../../executor/src/mask/match/long-needle.ts";
import {
  buildTail,
  bytesOfTail,
  depthOf,
  nodeInSuccessor,
  stepTail,
  tailBytes,
} from "../../../../executor/src/mask/match/tail-automaton.ts";

const head = 3;

function longNeedles(texts: readonly string[]): readonly LongNeedle[] {
  const heads = [...new Set(texts.map((text) => text.slice(0, head)))];
  return texts.map((text) => ({
    bytes: Buffer.from(text),
    head,
    headNode: heads.indexOf(text.slice(0, head)) + 1,
  }));
}

const text = fc.string({ unit: fc.constantFrom("a", "b"), minLength: head + 1, maxLength: 30 });

test("stepTail() keeps the longest beginning of a needle, and knows whether the head of one is in it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), text, (texts, output) => {
      const automaton = buildTail(longNeedles(texts), { steps: 0 });
      const beginnings = texts.flatMap((each) => Array.from(each, (_, at) => each.slice(0, at + 1)));
      let node = 0;
      for (let end = 1; end <= output.length; end += 1) {
        node = stepTail(automaton, node, output.charCodeAt(end - 1), { steps: 0 });
        const matching = beginnings.filter((beginning) => output.slice(0, end).endsWith(beginning));
        expect(depthOf(automaton, node)).toBe(Math.max(0, ...matching.map(({ length }) => length)));
        expect(automaton.hides[node]).toBe(matching.some(({ length }) => length >= head) ? 1 : 0);
      }
    }),
    { numRuns: 500 },
  );
});

test("buildTail() takes no more memory than is asked for, and knows the depth of each node of a long needle", () => {
  const texts = ["ab".repeat(400), `${"ab".repeat(300)}c`, "b".repeat(500)];
  const automaton = buildTail(longNeedles(texts), { steps: 0 });
  const total = texts.reduce((sum, { length }) => sum + length, 0);
  expect(bytesOfTail(automaton)).toBeLessThanOrEqual(tailBytes(total, texts.length));
  let node = 0;
  for (let depth = 1; depth <= 800; depth += 1) {
    node = stepTail(automaton, node, depth % 2 === 1 ? 97 : 98, { steps: 0 });
    expect(depthOf(automaton, node)).toBe(depth);
  }
});

test("nodeInSuccessor() has the same bytes before it", () => {
  const texts = ["ab".repeat(400), `${"ab".repeat(300)}c`];
  const automaton = buildTail(longNeedles(texts), { steps: 0 });
  const successor = buildTail(longNeedles([`${"ab".repeat(310)}c`, ...texts]), { steps: 0 });
  for (const node of [1, 5, 255, 300, 601, 700]) {
    expect(depthOf(successor, nodeInSuccessor(automaton, node, successor))).toBe(depthOf(automaton, node));
  }
});
