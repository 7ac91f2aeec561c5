import { closestName } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";

const known = ["entrypoint", "execution_order", "tags", "pool"];

describe("closestName()", () => {
  test.each([
    ["entrypont", "entrypoint"],
    ["entrypiont", "entrypoint"],
    ["Execution_Order", "execution_order"],
    ["tag", "tags"],
    ["poool", "pool"],
    ["ent", "entrypoint"],
    ["entry", "entrypoint"],
    ["Execs", "execution_order"],
  ])("closestName() reads %s as %s", (given, meant) => expect(closestName(given, known)).toBe(meant));

  test.each(["zzz", "pl", "", "e".repeat(10_000)])("closestName() finds nothing near %#", (given) => {
    expect(closestName(given, known)).toBeUndefined();
  });
});
