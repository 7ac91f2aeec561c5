import { cutEnd } from "@sealrun/protocol";
import { expect, test } from "vitest";

test("cutEnd() takes a character away at the end, however often it is there", () => {
  expect(["a///", "/a", "///", ""].map((text) => cutEnd(text, "/"))).toEqual(["a", "/a", "", ""]);
  expect(cutEnd(`${"/".repeat(500_000)}a`, "/").length).toBe(500_001);
});
