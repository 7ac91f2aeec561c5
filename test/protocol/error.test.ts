import { SealrunError, toSealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("toSealrunError() gives back one of ours as it is", () => {
  const error = new SealrunError("EXPIRED", "Expected an event before 12:00");
  expect(toSealrunError(error)).toBe(error);
});

test("toSealrunError() keeps a foreign error as the cause and out of the sentence", () => {
  const cause = new TypeError("canary");
  const error = toSealrunError(cause);
  expect(error.code).toBe("INTERNAL");
  expect(error.message).not.toContain("canary");
  expect(error.cause).toBe(cause);
});
