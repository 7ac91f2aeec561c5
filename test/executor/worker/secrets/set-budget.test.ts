import { limits } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { createNeedleTrie } from "../../../../executor/src/mask/match/needle-trie.ts";
import { needlesOf } from "../../../../executor/src/mask/forms/needles.ts";
import { addNeedle } from "../../mask/support.ts";
import { createSetBudget, maskBytes } from "../../../../executor/src/worker/secrets/set-budget.ts";
import { type SeededRandom, seededRandom } from "../../../support/seeded-random.ts";

const word = (random: SeededRandom, length: number): string =>
  Array.from({ length }, () => String.fromCharCode(97 + random.whole(26))).join("");

describe("createSetBudget()", () => {
  it("refuses the value that does not fit, and still takes a smaller one", () => {
    const small = maskBytes("a small value");
    const budget = createSetBudget(small * 2);
    budget.spend("a small value");
    expect(() => budget.spend({ many: Array.from({ length: 50 }, (_, index) => `leaf number ${index}`) })).toThrow(
      expect.objectContaining({ code: "TOO_MUCH_TO_MASK" }),
    );
    budget.spend("b small value");
    expect(() => budget.spend("c small value")).toThrow(expect.objectContaining({ code: "TOO_MUCH_TO_MASK" }));
  });

  it("counts a value that is set again only once", () => {
    const budget = createSetBudget(maskBytes("the same value"));
    for (let time = 0; time < 3; time += 1) budget.spend("the same value");
    expect(() => budget.spend("another value")).toThrow(expect.objectContaining({ code: "TOO_MUCH_TO_MASK" }));
  });

  it("gives the first copy of a value to keep, so that many names of one value need its memory once", () => {
    const budget = createSetBudget();
    const first = budget.spend({ key: "the same value" });
    expect(budget.spend({ key: "the same value" })).toBe(first);
    expect(budget.spend({ key: "another value" })).not.toBe(first);
  });

  it("has room for a hundred values of a key's size, and for one of the maximum size", () => {
    const budget = createSetBudget();
    const random = seededRandom(1);
    for (let at = 0; at < 100; at += 1) budget.spend(word(random, 2_000));
    createSetBudget().spend(word(random, limits.secretValueBytes - 2));
  });
});

describe("maskBytes()", () => {
  it("is at least what the nodes of the trie take", () => {
    const random = seededRandom(2);
    const value = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, word(random, 24)]));
    const trie = createNeedleTrie();
    for (const needle of needlesOf(value)) addNeedle(trie, needle);
    expect(maskBytes(value)).toBeGreaterThanOrEqual(trie.count * 36);
  });
});
