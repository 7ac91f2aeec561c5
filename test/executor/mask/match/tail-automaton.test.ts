import { expect, test } from "vitest";
import * as fc from "fast-check";
import type { LongNeedle } from "../../../../executor/src/mask/match/long-needle.ts";
import {
  buildTail,
  depthOf,
  hides,
  nodeInSuccessor,
  planBytes,
  planTail,
  stepTail,
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

const built = (texts: readonly string[]) => buildTail(planTail(longNeedles(texts)), { steps: 0 });

const text = fc.string({ unit: fc.constantFrom("a", "b"), minLength: head + 1, maxLength: 30 });

test("stepTail() keeps the longest beginning of a needle, and knows whether the head of one is in it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), text, (texts, output) => {
      const automaton = built(texts);
      const beginnings = texts.flatMap((each) => Array.from(each, (_, at) => each.slice(0, at + 1)));
      let node = 0;
      for (let end = 1; end <= output.length; end += 1) {
        node = stepTail(automaton, node, output.charCodeAt(end - 1), { steps: 0 });
        const matching = beginnings.filter((beginning) => output.slice(0, end).endsWith(beginning));
        expect(depthOf(automaton, node)).toBe(Math.max(0, ...matching.map(({ length }) => length)));
        expect(hides(automaton, node)).toBe(matching.some(({ length }) => length >= head));
      }
    }),
    { numRuns: 500 },
  );
});

test("planTail() knows what the automaton will take, and needles that begin alike take their nodes once", () => {
  const texts = ["ab".repeat(400), `${"ab".repeat(300)}c`, "b".repeat(500)];
  const plan = planTail(longNeedles(texts));
  const { labels, links, forks, suffixes, runs, bytes } = buildTail(plan, { steps: 0 });
  const arrays = [labels, links, forks, suffixes].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(labels.length).toBe(1 + 800 + 1 + 500);
  expect(bytes).toBe(plan.automatonBytes);
  expect(bytes - arrays).toBe(112 * runs.length);
  expect(plan.ownBytes).toBe(planBytes(800 + 601 + 500));
});

test("depthOf() knows the depth of each node of a long needle", () => {
  const automaton = built(["ab".repeat(400), `${"ab".repeat(300)}c`]);
  let node = 0;
  for (let depth = 1; depth <= 800; depth += 1) {
    node = stepTail(automaton, node, depth % 2 === 1 ? 97 : 98, { steps: 0 });
    expect(depthOf(automaton, node)).toBe(depth);
  }
});

test("nodeInSuccessor() has the same bytes before it", () => {
  const texts = ["ab".repeat(400), `${"ab".repeat(300)}c`];
  const automaton = built(texts);
  const successor = built([`${"ab".repeat(310)}c`, ...texts]);
  for (const node of [1, 5, 255, 300, 601, 700]) {
    expect(depthOf(successor, nodeInSuccessor(automaton, node, successor))).toBe(depthOf(automaton, node));
  }
});
