import { expect, test } from "vitest";
import { attacks, isAttackName } from "../../../executor/src/self-attack/attacks.ts";

test("isAttackName() knows the attacks and nothing that every object has", () => {
  expect(Object.keys(attacks).filter((name) => !isAttackName(name))).toEqual([]);
  expect(["toString", "__proto__", ""].filter(isAttackName)).toEqual([]);
});
