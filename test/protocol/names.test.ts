import { executionId, formatId, idPrefixes, packageName, projectId, projectName, secretName } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const accepts = (schema: typeof secretName | typeof projectName | typeof packageName, name: string) =>
  schema.safeParse(name).success;

describe("secretName", () => {
  test.each(["A", "_", "DB_PASS", "db.pass-2", "constructor", "a".repeat(128)])("secretName takes %s", (name) =>
    expect(accepts(secretName, name)).toBe(true),
  );
  test.each(["", "1A", "-A", ".A", "A B", "A\n", "Ä", "A/B", "A=B", "__proto__", "a".repeat(129)])(
    "secretName refuses %j",
    (name) => {
      expect(accepts(secretName, name)).toBe(false);
    },
  );
});

describe.each([
  ["projectName", projectName],
  ["packageName", packageName],
] as const)("%s", (label, schema) => {
  test.each(["a", "1", "acme", "Report-2.0_x", "a".repeat(128)])(`${label} takes %s`, (name) =>
    expect(accepts(schema, name)).toBe(true),
  );
  test.each(["", ".", "..", "-a", "_a", "a b", "a/b", "a\n", "é", "a".repeat(129)])(`${label} refuses %j`, (name) => {
    expect(accepts(schema, name)).toBe(false);
  });
});

describe("formatId()", () => {
  const kinds = Object.keys(idPrefixes).filter((kind): kind is keyof typeof idPrefixes =>
    Object.hasOwn(idPrefixes, kind),
  );

  test("formatId() makes ids that are safe in a NATS subject and a path", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ minLength: 20, maxLength: 40 }), (kind, random) => {
        const id = formatId(kind, random);
        expect(id).toMatch(/^[a-z]{2,4}_[0-9a-z]{20}$/);
        expect(id.startsWith(`${idPrefixes[kind]}_`)).toBe(true);
      }),
    );
  });

  test("formatId() makes an id that the schema of its kind accepts and every other schema refuses", () => {
    const id = formatId("execution", new Uint8Array(20).fill(7));
    expect(executionId.parse(id)).toBe(id);
    expect(projectId.safeParse(id).success).toBe(false);
  });

  test("formatId() has no two prefixes alike", () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
  });

  test.each([
    "exe_",
    "exe_x",
    `exe_${"a".repeat(20)}\n`,
    `exe_${"A".repeat(20)}`,
    `exe_${"a".repeat(19)}.`,
    `exe_${"a".repeat(18)}.>`,
  ])("executionId refuses %j", (id) => expect(executionId.safeParse(id).success).toBe(false));
});
