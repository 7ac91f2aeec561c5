import { describe, expect, test } from "vitest";
import { archivedQuery, readArchived, startHeaders } from "../../../packages/platform/src/http/request-fields.ts";

describe("readArchived()", () => {
  test("readArchived() is true only for the word true", () => {
    const read = (query: object) => readArchived(archivedQuery.parse(query)).archived;
    expect([read({}), read({ archived: "false" }), read({ archived: "true" })]).toEqual([false, false, true]);
    expect(archivedQuery.safeParse({ archived: "yes" }).success).toBe(false);
  });
});

describe("startHeaders", () => {
  test("startHeaders accepts a key of printable ASCII characters, and headers that it does not know", () => {
    expect(startHeaders.safeParse({ "idempotency-key": "a-1", accept: "*/*" }).success).toBe(true);
    expect(startHeaders.safeParse({ "idempotency-key": "a b" }).success).toBe(false);
  });
});
