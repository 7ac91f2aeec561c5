import { errorCodeOf, SealrunError, toSealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("toSealrunError() returns a SealrunError as it is", () => {
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

test("toSealrunError() says that a disk is full", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write '/secret/place'"), { code: "ENOSPC" });
  expect(toSealrunError(full)).toMatchObject({ code: "DISK_FULL", cause: full });
  expect(toSealrunError(full).message).not.toContain("/secret/place");
});

test("errorCodeOf() gives the code of an error, and undefined when it has none", () => {
  expect(errorCodeOf(Object.assign(new Error("gone"), { code: "ENOENT" }))).toBe("ENOENT");
  for (const other of [
    new Error("no code"),
    Object.assign(new Error("number"), { code: 7 }),
    { code: "ENOENT" },
    null,
  ]) {
    expect(errorCodeOf(other)).toBeUndefined();
  }
});
