import { expect, test } from "vitest";
import { createOpenTails, openTails } from "../../../../executor/src/mask/match/open-tails.ts";

const needleOf = (index: number) => ({
  bytes: Buffer.from(`${index}-head-of-a-needle-and-its-rest`),
  head: 8,
  headNode: index,
});

const memory = (fits: (bytes: number) => boolean) => ({ fits, work: { steps: 0 } });
const anyMemory = memory(() => true);

test("openTails() keeps few automata for many needles, each needle in one of them", () => {
  const tails = createOpenTails();
  for (let index = 1; index <= 1000; index += 1) {
    expect(openTails(tails, [needleOf(index)], anyMemory)).toBe(true);
    expect(tails.automata.length).toBeLessThanOrEqual(10);
  }
  const heads = tails.automata.flatMap((automaton) => [...automaton.heads.keys()]);
  expect(heads.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  expect(tails.version).toBe(1000);
});

test("openTails() joins nothing when there is only memory for the needles themselves, and refuses them without it", () => {
  const tails = createOpenTails();
  openTails(tails, [needleOf(1)], anyMemory);
  expect(
    openTails(
      tails,
      [needleOf(2)],
      memory((bytes) => bytes < 700),
    ),
  ).toBe(true);
  expect(tails.automata).toHaveLength(2);
  expect(
    openTails(
      tails,
      [needleOf(3)],
      memory(() => false),
    ),
  ).toBe(false);
  expect(tails.automata).toHaveLength(2);
});
