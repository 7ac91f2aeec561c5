import { newId } from "@sealrun/crypto";
import { renewRequest, limits } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("renewRequest takes from one to so many attempts, each execution once", () => {
  const isTaken = (attempts: readonly object[]): boolean => renewRequest.safeParse({ attempts }).success;
  const one = () => ({ executionId: newId("execution"), attempt: 1 });
  const same = one();
  expect(isTaken([one()])).toBe(true);
  expect(isTaken(Array.from({ length: limits.batchItems }, one))).toBe(true);
  expect(isTaken([])).toBe(false);
  expect(isTaken(Array.from({ length: limits.batchItems + 1 }, one))).toBe(false);
  expect(isTaken([same, { ...same, attempt: 2 }])).toBe(false);
});
