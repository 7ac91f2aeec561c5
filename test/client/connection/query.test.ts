import { expect, test } from "vitest";
import { queryOf } from "../../../packages/client/src/connection/query.ts";

test("queryOf() leaves out what is not given, and escapes the rest", () => {
  expect(queryOf({})).toBe("");
  expect(queryOf({ a: undefined, b: "x&y", c: 0, d: "" })).toBe("?b=x%26y&c=0&d=");
});
