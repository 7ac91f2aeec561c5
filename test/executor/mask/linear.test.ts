import { describe, expect, test } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { needlesOf } from "../../../executor/src/mask/forms/needles.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { maskerOf } from "./support.ts";

/** A few steps for each byte of the output, whatever is looked for: of the needles only their length counts, once. */
const stepsForByte = 8;
const stepsForNeedleByte = 20;

const random = seededRandom(12);
const lettersOf = (alphabet: string, length: number): string =>
  Array.from({ length }, () => random.pick(Array.from(alphabet))).join("");

function stepsOf(values: readonly JsonValue[], text: string): { readonly steps: number; readonly most: number } {
  const masker = maskerOf(...values);
  const before = masker.use().steps;
  expect(masker.maskText(text)).not.toContain("masking failed");
  const needleBytes = values.flatMap(needlesOf).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    steps: masker.use().steps - before,
    most: stepsForByte * Buffer.byteLength(text) + stepsForNeedleByte * needleBytes,
  };
}

const head = "a".repeat(64);
const sameHead = (count: number) => Array.from({ length: count }, (_, index) => `${head}${"a".repeat(index)}c`);
const sameLetter = (count: number) => Array.from({ length: count }, (_, index) => "a".repeat(8 + index));
const periodic = lettersOf("ab", 3000);
const windows = Array.from({ length: 300 }, (_, index) => periodic.slice(index, index + 300));

describe("maskText() takes a number of steps that is linear in the text", () => {
  test.each([
    ["60 values of one head, and a line of 7 MiB of its letter", sameHead(60), "a".repeat(7 * 1024 * 1024)],
    ["220 values of one head, and a line of 7 MiB of its letter", sameHead(220), "a".repeat(7 * 1024 * 1024)],
    ["220 values of one head, and its letter with breaks", sameHead(220), `${"a".repeat(250)}b`.repeat(4000)],
    ["300 values that are parts of one text, and that text", windows, periodic.repeat(100)],
    ["56 values, each the beginning of the next", sameLetter(56), "a".repeat(1024 * 1024)],
    ["a value of 400 KiB that repeats itself", ["ab".repeat(200_000)], `${"ab".repeat(199_999)}b`.repeat(3)],
    [
      "1,000 values, and the beginnings of all their forms",
      Array.from({ length: 1000 }, (_, index) => `${lettersOf("abcd/é", 20)}${index}`),
      "",
    ],
  ])("maskText() of %s", (_, values, given) => {
    const beginnings = () =>
      values.flatMap(needlesOf).map(({ bytes }) => Buffer.from(bytes.subarray(0, bytes.length - 1)).toString("latin1"));
    const { steps, most } = stepsOf(values, given === "" ? beginnings().join("") : given);
    expect(steps).toBeLessThan(most);
  });
});

test("maskText() of a long line takes as many steps for each byte as of a short one", () => {
  const masker = maskerOf(...sameHead(220));
  const stepsFor = (bytes: number): number => {
    const before = masker.use().steps;
    masker.maskText("a".repeat(bytes));
    return (masker.use().steps - before) / bytes;
  };
  stepsFor(1000); // opens what is opened once
  expect(stepsFor(1_000_000) / stepsFor(10_000)).toBeLessThan(1.1);
});
