import { describeIssue, findExpectation, jsonValue, scriptReply, scriptRequest, secretName } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";

const describeRefusal = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? "accepted" : describeIssue(parsed.error);
};

describe("describeIssue()", () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ["a type", z.object({ a: z.string() }), { a: 1 }, "a: expected a string"],
    ["a missing field", z.object({ a: z.boolean() }), {}, "a: expected true or false"],
    ["a literal", z.object({ a: z.literal(3) }), { a: 4 }, "a: expected 3"],
    ["an enum", z.enum(["fail", "rerun"]), "x", 'expected one of "fail", "rerun"'],
    ["a length", z.object({ a: z.string().max(3) }), { a: "canary" }, "a: expected string to have <=3 characters"],
    ["a prefix", z.string().startsWith("p"), "canary", 'must start with "p"'],
    [
      "a sentence of the schema's own",
      secretName,
      "1canary",
      "a secret name starts with a letter or _ and may have only letters, digits, _ . and -, at most 128",
    ],
    ["an unknown field", z.strictObject({}), { canaryKey: "x" }, 'unknown field "canaryKey"'],
    [
      "a record's key",
      z.record(z.string().regex(/^a/, "expected a name in a"), z.string()),
      { b: "x" },
      "b: expected a name in a",
    ],
    ["a union of types", z.union([z.string(), z.number()]), true, "expected a string or a number"],
    [
      "the union branch that was meant",
      z.union([z.number(), z.object({ a: z.string() })]),
      { a: 1 },
      "a: expected a string",
    ],
    ["a discriminator", scriptRequest, { op: "canary" }, "op: expected one of the known kinds"],
    [
      "a branch behind a literal",
      scriptReply,
      { id: "1", ok: false, code: "canary", message: "m" },
      "code: expected another value",
    ],
    ["any JSON value", jsonValue, () => 1, "expected a JSON value"],
    ["a map's element", z.map(z.string(), z.number()), new Map([["a", "canary"]]), "a: expected a number"],
  ])("describeIssue() tells %s", (_, schema, value, sentence) => {
    expect(describeRefusal(schema, value)).toBe(sentence);
  });

  test("describeIssue() never repeats a value, whatever was sent", () => {
    const canary = fc.constantFrom<unknown>("canary", ["canary"], { canary: "x", x: "canary" }, { op: "canary" });
    const message = fc.record({
      op: fc.constantFrom("get", "set", "log", "canary"),
      id: canary,
      name: canary,
      value: canary,
      level: canary,
    });
    fc.assert(
      fc.property(message, (sent) => {
        expect(describeRefusal(scriptRequest, sent)).not.toContain("canary");
        expect(describeRefusal(scriptReply, { ...sent, ok: false })).not.toContain("canary");
      }),
    );
  });
});

describe("findExpectation()", () => {
  test("findExpectation() prefers the unknown field to the one missing for it", () => {
    const parsed = z.strictObject({ script: z.string() }).safeParse({ scrpt: "a.ts" });
    expect(parsed.error && findExpectation(parsed.error)).toEqual({ path: "", expected: 'unknown field "scrpt"' });
  });
});
