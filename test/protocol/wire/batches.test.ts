import { expect, test } from "vitest";
import { cutBatches, limits } from "@sealrun/protocol";

const itself = (bytes: number): number => bytes;

test("cutBatches() keeps the order and the limits of items and bytes", () => {
  const many = Array.from({ length: 2 * limits.batchItems + 1 }, (_, index) => index);
  const batches = cutBatches(many, () => 1);
  expect(batches.map((batch) => batch.length)).toEqual([limits.batchItems, limits.batchItems, 1]);
  expect(batches.flat()).toEqual(many);
  const half = limits.batchBytes / 2;
  expect(cutBatches([half, half, 1], itself)).toEqual([[half, half], [1]]);
});

test("cutBatches() gives an item that is larger than a batch one of its own", () => {
  const large = limits.batchBytes + 1;
  expect(cutBatches([1, large, 2, 3], itself)).toEqual([[1], [large], [2, 3]]);
  expect(cutBatches([], itself)).toEqual([]);
});
