import * as fc from "fast-check";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { requireJson } from "../../packages/sdk/src/json-value.ts";

describe("requireJson()", () => {
  it("accepts every JSON value, another realm's too", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => requireJson(value, "the value")));
    requireJson(runInContext('({ a: [1, "x", null] })', createContext()), "the value");
    requireJson(Object.create(null), "the value");
  });

  const loop: unknown[] = [];
  loop.push(loop);
  // oxlint-disable-next-line no-sparse-arrays
  const refused: readonly (readonly [string, unknown])[] = [
    ["undefined", undefined],
    ["a function", () => {}],
    ["a BigInt", 1n],
    ["a symbol", Symbol("x")],
    ["NaN", Number.NaN],
    ["infinity", { a: [Number.POSITIVE_INFINITY] }],
    ["a date", new Date()],
    ["a map", new Map()],
    ["bytes", Buffer.from("x")],
    ["half a surrogate pair", "\uD800"],
    ["half a surrogate pair in a key", { "\uDC00": 1 }],
    ["undefined inside", { a: undefined }],
    ["a loop", loop],
    ["a hole", Array.from({ length: 1 })],
  ];
  it.each(refused)("refuses %s with a sentence", (_, value) => {
    expect(() => requireJson(value, "the value")).toThrow(/^sealrun: .*the value.*; nothing was sent$/);
  });

  it("names the place and never the value", () => {
    expect(() => requireJson({ a: ["hunter2", undefined] }, "the value")).toThrow(
      "sealrun: the value.a[1] is of type undefined, which JSON cannot keep; nothing was sent",
    );
  });
});
