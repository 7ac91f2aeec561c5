import { expect, test } from "vitest";
import { addressOf, readQuery } from "../../../../packages/web/src/app/finder/destination.ts";

test("addressOf() encodes each part and each search parameter", () => {
  expect(addressOf(["projects", "a b", "packages", "c/d"])).toBe("/projects/a%20b/packages/c%2Fd");
  expect(addressOf(["vault", "secrets"], { add: "" })).toBe("/vault/secrets?add=");
  expect(addressOf(["vault", "secrets"], { open: "A&B" })).toBe("/vault/secrets?open=A%26B");
});

test("readQuery() says which text may be a part of a name, and which the start of an execution's id", () => {
  expect(readQuery(" STRIPE_KEY ")).toEqual({ text: "STRIPE_KEY", execution: undefined });
  expect(readQuery("run nightly")).toEqual({ text: "nightly", execution: undefined });
  expect(readQuery("runner").text).toBe("runner");
  expect(readQuery("exe_b6agpg").execution).toBe("exe_b6agpg");
  for (const text of ["", "ab", "two words", "1KEY", "exe_"]) expect(readQuery(text).execution).toBeUndefined();
});
