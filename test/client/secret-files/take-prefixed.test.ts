import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takePlain, takePrefixed } from "../../../packages/client/src/secret-files/take-prefixed.ts";
import { refusalOf } from "../../support/refusal.ts";

const rule = { prefix: "SECRET_", isBase64: true, plainHint: "with --plain" };
const at = (name: string, value: string, line = 1) => ({ name, value, place: `.env:${line}` });
const encode = (text: string): string => Buffer.from(text).toString("base64");

test("takePlain() refuses a wrapped value with its place, and keeps the others", () => {
  const found = [at("A", "x"), { ...at("B", "hunter2\nhunter2", 3), isWrapped: true as const }];
  expect(takePlain(found.slice(0, 1))).toEqual([at("A", "x")]);
  const { code, message } = refusalOf(() => takePlain(found));
  expect(code).toBe("SECRETS_FILE_INVALID");
  expect(message).toMatch(/^\.env:3: "B": expected a value on one line/);
  expect(message).not.toContain("hunter2");
});

describe("takePrefixed()", () => {
  test("takePrefixed() decodes a wrapped value, and refuses one that is not to be decoded", () => {
    const text = "long ".repeat(30).trim();
    const wrapped = { ...at("SECRET_A", encode(text).replace(/.{76}/g, "$&\n")), isWrapped: true as const };
    expect(takePrefixed([wrapped], rule)).toEqual([{ name: "A", value: text, place: ".env:1" }]);
    expect(refusalOf(() => takePrefixed([wrapped], { ...rule, isBase64: false })).code).toBe("SECRETS_FILE_INVALID");
    expect(takePrefixed([wrapped], { ...rule, prefix: "OTHER_" })).toEqual([]);
  });

  test("takePrefixed() gives back what base64 encoded, wrapped or without padding too", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), fc.boolean(), (text, isWrapped, isCut) => {
        const wrapped = isWrapped ? encode(text).replace(/.{76}/g, "$&\n") : encode(text);
        const given = isCut ? wrapped.replace(/=+$/, "") : wrapped;
        expect(takePrefixed([at("SECRET_A", given)], rule)).toEqual([{ name: "A", value: text, place: ".env:1" }]);
      }),
    );
  });

  test("takePrefixed() leaves names without the prefix out", () => {
    const found = [at("HOME", "/root"), at("SECRET_A", encode("x"))];
    expect(takePrefixed(found, rule).map(({ name }) => name)).toEqual(["A"]);
  });

  test("takePrefixed() does not decode plain values", () => {
    expect(
      takePrefixed([at("APP_A", "not base64!")], { prefix: "APP_", isBase64: false, plainHint: "with --plain" })[0]
        ?.value,
    ).toBe("not base64!");
  });

  test("takePrefixed() reads Kestra's macro for what it encodes", () => {
    expect(takePrefixed([at("SECRET_A", '{{ "pass\\"word" | base64encode }}')], rule)[0]?.value).toBe('pass"word');
  });

  test.each([
    ["text", "hunter2 is no base64"],
    ["one letter too many", "aGVsbG8aa"],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00]).toString("base64")],
    ["base64 of another alphabet", "_-_-"],
  ])("takePrefixed() refuses %s with place and name, never the value", (_, value) => {
    const refusal = refusalOf(() => takePrefixed([at("SECRET_DB_PASS", value, 7)], rule));
    expect(refusal.code).toBe("SECRETS_FILE_INVALID");
    expect(refusal.message).toContain('.env:7: "SECRET_DB_PASS"');
    expect(refusal.message).not.toContain(value);
  });

  test.each(["SECRET_", "SECRET_1A", "SECRET_-x"])("takePrefixed() refuses what is left of %s", (name) => {
    expect(refusalOf(() => takePrefixed([at(name, "YQ==")], rule)).code).toBe("NAME_NOT_ALLOWED");
  });
});
