import { limits, parseSecretDocument } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, jsonBytes, refusalOf } from "../../../support/refusal.ts";

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/).filter((text) => text !== "__proto__");

describe("parseSecretDocument()", () => {
  test("parseSecretDocument() returns every name and value unchanged", () => {
    const document = fc.dictionary(name, fc.jsonValue({ maxDepth: 4 }), { noNullPrototype: true });
    fc.assert(
      fc.property(document, (secrets) => {
        fc.pre(!JSON.stringify(secrets).includes("__proto__"));
        const read = parseSecretDocument(jsonBytes(secrets));
        expect([...read.keys()].map(String)).toEqual(Object.keys(secrets));
        for (const [key, { value }] of read) expect(value).toEqual(JSON.parse(JSON.stringify(secrets[key])));
      }),
    );
  });

  test("parseSecretDocument() keeps a string byte for byte", () => {
    const text = 'it\'s "quoted"\n$HOME `x` \\ \u0000 😀';
    expect([...parseSecretDocument(jsonBytes({ A: text })).values()]).toEqual([{ value: text, line: 1 }]);
  });

  test("parseSecretDocument() tells the line of each name", () => {
    expect([...parseSecretDocument(bytesOf('{\n"A": 1,\n\n"B": 2}')).values()].map(({ line }) => line)).toEqual([2, 4]);
  });

  test("parseSecretDocument() refuses an integer that would be rounded, with the name and nothing inside the value", () => {
    const refusal = refusalOf(() => parseSecretDocument(bytesOf('{\n"ID": {"canary": 1152921504606846976}}')));
    expect(refusal.message).toContain("secrets.json:2:18: ID: expected an integer that keeps its value");
    expect(refusal.message).not.toContain("canary");
  });

  test("parseSecretDocument() accepts an empty object", () => {
    expect(parseSecretDocument(bytesOf("{}")).size).toBe(0);
  });

  test.each(["[]", '"canary"', "1", "null", '["canary"]'])(
    "parseSecretDocument() refuses %s, which is no object",
    (text) => {
      const refusal = refusalOf(() => parseSecretDocument(bytesOf(text)));
      expect(refusal.code).toBe("SECRETS_FILE_INVALID");
      expect(refusal.message).toContain("secrets.json: expected one object of names and values");
      expect(refusal.message).not.toContain("canary");
    },
  );

  test.each(["1A", "A B", "", "Ä", "A=B", "a".repeat(129)])(
    "parseSecretDocument() refuses the name %j with its line",
    (key) => {
      const refusal = refusalOf(() => parseSecretDocument(bytesOf(`{"OK": 1,\n${JSON.stringify(key)}: "canary"}`)));
      expect(refusal.code).toBe("NAME_NOT_ALLOWED");
      expect(refusal.message).toContain("secrets.json:2: ");
      expect(refusal.message).not.toContain("canary");
    },
  );

  test("parseSecretDocument() accepts a value of 1 MiB as JSON and refuses one byte more", () => {
    const fits = "x".repeat(limits.secretValueBytes - 2);
    expect(parseSecretDocument(jsonBytes({ A: fits })).size).toBe(1);
    const refusal = refusalOf(() => parseSecretDocument(jsonBytes({ A: `${fits}x` }), "mine.json"));
    expect(refusal.code).toBe("VALUE_TOO_LARGE");
    expect(refusal.message).toBe('mine.json:1: "A": expected a value of at most 1 MiB as JSON, found 1048577 bytes');
  });

  test("parseSecretDocument() accepts 2,000 names and refuses 2,001", () => {
    const secrets = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`N${index}`, index]));
    expect(parseSecretDocument(jsonBytes(secrets)).size).toBe(2_000);
    const refusal = refusalOf(() => parseSecretDocument(jsonBytes({ ...secrets, MORE: 1 })));
    expect(refusal.message).toBe("secrets.json: expected at most 2000 names, found 2001; split the file");
  });

  test("parseSecretDocument() refuses a file over 4 MiB unread", () => {
    expect(refusalOf(() => parseSecretDocument(new Uint8Array(limits.secretsFileBytes + 1))).code).toBe(
      "VALUE_TOO_LARGE",
    );
  });
});
