import { expect, test } from "vitest";
import { attacks, isAttackName } from "../../../executor/src/self-attack/attacks.ts";
import { callAttacks } from "../../../executor/src/self-attack/call-attacks.ts";
import { systemCallFilter } from "../../../executor/src/child/seccomp/filter.ts";
import { runFilter } from "../child/seccomp/run-filter.ts";

test("callAttacks() tries what the levels promise, and for the filter only calls that it refuses", () => {
  const filter = systemCallFilter("x64");
  for (const { name, call, refusedWith } of callAttacks("x64")) {
    if (!isAttackName(name)) throw new Error(`${name} is no attack`);
    const numbers = call.arguments.map((argument) => (argument instanceof Uint8Array ? 0 : argument));
    const seen = runFilter(filter, { call: call.call, arguments: numbers });
    if (attacks[name].promisedBy === "filtered") expect([name, seen]).not.toEqual([name, "allow"]);
    expect([name, refusedWith === undefined]).toEqual([name, attacks[name].promisedBy === "namespaces"]);
  }
});

test("callAttacks() knows no calls of another processor", () => {
  expect(callAttacks("arm64")).toEqual([]);
});
