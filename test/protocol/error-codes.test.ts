import { readFileSync } from "node:fs";
import { errorCodes, isErrorCode, SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { tableRows } from "../support/table-rows.ts";

const page = readFileSync(new URL("../../packages/docs/reference/errors.md", import.meta.url), "utf8");

/** Exit codes that a shell script can tell apart: 1, 4, and those of sysexits.h. */
const exits = new Set([1, 4, 64, 65, 66, 69, 70, 71, 73, 75, 76, 77, 78]);

describe("errorCodes", () => {
  test("errorCodes are the rows of the reference page, both ways", () => {
    const rows = Object.entries(errorCodes).map(([code, { status, exit, retry, means }]) =>
      [`\`${code}\``, status, exit, retry ? "yes" : "no", means].join(" | "),
    );
    expect(tableRows(page)).toEqual(rows);
  });

  test.each(Object.entries(errorCodes))("errorCodes gives %s a status, an exit code and a sentence", (code, row) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/);
    expect(row.status).toBeGreaterThanOrEqual(400);
    expect(row.status).toBeLessThan(600);
    expect([...exits]).toContain(row.exit);
    expect(row.means).toMatch(/^[A-Za-z].*[^.]$/);
    expect(row.means).not.toContain("|");
    expect(row.means).not.toMatch(/^(?:What|Whoever|Those|Such)\b/);
    expect(row.means.split(" ").length).toBeLessThanOrEqual(25);
  });

  test("errorCodes has no two rows of one meaning", () => {
    const meanings = Object.values(errorCodes).map(({ means }) => means);
    expect(new Set(meanings).size).toBe(meanings.length);
  });
});

describe("isErrorCode()", () => {
  test.each(["constructor", "__proto__", "", "malformed"])("isErrorCode() is false for %j", (text) =>
    expect(isErrorCode(text)).toBe(false),
  );
  test("isErrorCode() knows every code", () => expect(Object.keys(errorCodes).every(isErrorCode)).toBe(true));
});

test("SealrunError says what its code means when it has no sentence", () => {
  const error = new SealrunError("MALFORMED", "");
  expect(error.message).toBe(errorCodes.MALFORMED.means);
  expect(error.row).toBe(errorCodes.MALFORMED);
});
