import { posix } from "node:path";
import { limits, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPath } from "../../../executor/src/workspace/check-path.ts";
import { refusalOf } from "../../support/refusal.ts";

const isAllowed = (path: string): boolean => {
  try {
    checkPath(path);
    return true;
  } catch (error) {
    if (error instanceof SealrunError) return false;
    throw error;
  }
};

describe("checkPath()", () => {
  test.each(["main.sh", "a/b/c.ts", ".env", "...", "..a/a..", "a b/ü.py", "-rf", "~/x", "C:/x"])(
    "checkPath() allows %j",
    (path) => {
      expect(isAllowed(path)).toBe(true);
    },
  );

  test.each([
    "",
    "/",
    "/etc/passwd",
    "a/",
    "a//b",
    ".",
    "..",
    "./a",
    "a/.",
    "../a",
    "a/..",
    "a/../../b",
    "a\\b",
    "..\\a",
    "a\0.sh",
  ])("checkPath() refuses %j", (path) => {
    const { code, message } = refusalOf(() => {
      checkPath(path);
    });
    expect(code).toBe("PACKAGE_INVALID");
    expect(message).toContain(JSON.stringify(path));
  });

  test("checkPath() counts bytes of UTF-8, not characters", () => {
    expect(isAllowed("x".repeat(limits.pathBytes))).toBe(true);
    expect(isAllowed("x".repeat(limits.pathBytes + 1))).toBe(false);
    expect(isAllowed("ü".repeat(limits.pathBytes / 2))).toBe(true);
    expect(isAllowed(`${"ü".repeat(limits.pathBytes / 2)}x`)).toBe(false);
  });

  test("checkPath() allows only paths that stay inside the folder and name one file in one way", () => {
    const part = fc.oneof(fc.constantFrom("", ".", "..", "a", "b", "\\", "\0", "/"), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parts.join("/");
        if (!isAllowed(path)) return;
        expect(posix.join("/folder", path)).toBe(`/folder/${path}`);
        expect(path).not.toMatch(/[\0\\]/);
      }),
      { numRuns: 500 },
    );
  });

  test("checkPath() allows every short path of plain parts", () => {
    const plain = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
      .filter((part) => !/[/\\\0]/.test(part) && part !== "." && part !== "..");
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = parts.join("/");
        expect(isAllowed(path)).toBe(Buffer.byteLength(path) <= limits.pathBytes);
      }),
    );
  });
});
