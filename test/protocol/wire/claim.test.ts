import { newId } from "@sealrun/crypto";
import { claimRequest, grantBytes, limits } from "@sealrun/protocol";
import { expect, test } from "vitest";

const claim = () => ({ requestId: newId("request"), executionId: newId("execution"), generation: 1 });

test("claimRequest takes from one to so many claims, each execution and each request id once", () => {
  const isTaken = (claims: readonly object[]): boolean => claimRequest.safeParse({ claims }).success;
  const [one, two] = [claim(), claim()];
  expect(isTaken([one])).toBe(true);
  expect(isTaken(Array.from({ length: limits.batchItems }, claim))).toBe(true);
  expect(isTaken([])).toBe(false);
  expect(isTaken(Array.from({ length: limits.batchItems + 1 }, claim))).toBe(false);
  expect(isTaken([one, { ...two, executionId: one.executionId }])).toBe(false);
  expect(isTaken([one, { ...two, requestId: one.requestId }])).toBe(false);
});

test("grantBytes() lets at least eight grants with 64 keys fit into one answer", () => {
  expect(Math.floor(limits.batchBytes / grantBytes(64))).toBeGreaterThanOrEqual(8);
});
