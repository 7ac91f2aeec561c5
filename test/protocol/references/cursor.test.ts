import { describe, expect, test } from "vitest";
import { createCursor, malformed } from "../../../packages/protocol/src/references/cursor.ts";

describe("createCursor()", () => {
  test("createCursor() passes what matches where it stands, and stays otherwise", () => {
    const cursor = createCursor("xx ab  12", 2);
    expect(cursor.take(/\d+/y)).toBeUndefined();
    expect(cursor.index()).toBe(2);
    cursor.skipSpace();
    expect(cursor.take(/[a-z]+/y)?.[0]).toBe("ab");
    cursor.skipSpace();
    expect([cursor.take(/(\d)\d/y)?.[1], cursor.index()]).toEqual(["1", 9]);
    cursor.skipSpace();
    expect([cursor.take(/./y), cursor.index()]).toEqual([undefined, 9]);
  });
});

test("malformed() counts characters from 1", () => {
  expect(malformed(0, "expected )")).toMatchObject({ code: "REFERENCE_INVALID", message: "character 1: expected )" });
});
