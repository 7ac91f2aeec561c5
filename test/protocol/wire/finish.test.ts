import { newId } from "@sealrun/crypto";
import { finishRequest, limits } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("finishRequest takes from one to so many ends, each execution once", () => {
  const isTaken = (ends: readonly object[]): boolean => finishRequest.safeParse({ ends }).success;
  const one = () => ({ executionId: newId("execution"), attempt: 1, status: "succeeded", lastSequence: 0 });
  const same = one();
  expect(isTaken([one()])).toBe(true);
  expect(isTaken(Array.from({ length: limits.batchItems }, one))).toBe(true);
  expect(isTaken([])).toBe(false);
  expect(isTaken(Array.from({ length: limits.batchItems + 1 }, one))).toBe(false);
  expect(isTaken([same, { ...same, attempt: 2 }])).toBe(false);
});
