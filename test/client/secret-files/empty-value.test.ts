import { expect, test } from "vitest";
import { isEmptyValue } from "../../../packages/client/src/secret-files/empty-value.ts";

test.each(["", " ", "\r", "\n \t"])("isEmptyValue() is true for %j", (value) => expect(isEmptyValue(value)).toBe(true));

test.each(["x", " x", 0, false, null, [], {}, [""]])("isEmptyValue() is false for %j", (value) =>
  expect(isEmptyValue(value)).toBe(false),
);
