import { findPlaintext } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const values = (secrets: Record<string, string | { inner: string } | number>) =>
  new Map(Object.entries(secrets).map(([name, value]) => [name, { value }]));

describe("findPlaintext()", () => {
  test("findPlaintext() names line and secret of every place", () => {
    const script = 'const a = "hunter2hunter2";\n\nlogin("hunter2hunter2", "other-value");\n';
    expect(findPlaintext(script, values({ DB_PASS: "hunter2hunter2", OTHER: "other-value" }))).toEqual([
      { line: 1, name: "DB_PASS" },
      { line: 3, name: "DB_PASS" },
      { line: 3, name: "OTHER" },
    ]);
  });

  test("findPlaintext() finds a value that a literal escapes", () => {
    expect(findPlaintext(String.raw`x = "line one\nline two"`, values({ A: "line one\nline two" }))).toEqual([
      { line: 1, name: "A" },
    ]);
  });

  test("findPlaintext() passes over short values, numbers and short parts of structured values", () => {
    const secrets = values({ A: "short77", B: { inner: "localhost" }, C: 12_345_678 });
    expect(findPlaintext("short77 localhost 12345678", secrets)).toEqual([]);
  });

  test("findPlaintext() looks into structured values", () => {
    expect(findPlaintext("\nx = 'a-long-password'", values({ DB: { inner: "a-long-password" } }))).toEqual([
      { line: 2, name: "DB" },
    ]);
  });

  test("findPlaintext() finds a planted value on its line, at any place", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 8 }), fc.string(), (before, value, after) => {
        const line = before.split("\n").length;
        expect(findPlaintext(before + value + after, values({ A: value }))[0]?.line).toBeLessThanOrEqual(line);
      }),
    );
  });
});
