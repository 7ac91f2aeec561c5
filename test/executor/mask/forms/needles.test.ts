import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { needlesOf, splitNeedlesOf } from "../../../../executor/src/mask/forms/needles.ts";

const formsOf = (value: JsonValue) => new Set(needlesOf(value).map(({ bytes }) => Buffer.from(bytes).toString()));

describe("needlesOf()", () => {
  test.each([
    ["itself", 'p@ss "é"/<x> ', 'p@ss "é"/<x> '],
    ["without outer space", 'p@ss "é"/<x> ', 'p@ss "é"/<x>'],
    ["encodeURIComponent", "p@ss wörd/x", "p%40ss%20w%C3%B6rd%2Fx"],
    ["hex", "password", "70617373776f7264"],
    ["upper case hex", "password", "70617373776F7264"],
    ["base64 with padding", "password", "cGFzc3dvcmQ="],
    ["base64 without padding", "password", "cGFzc3dvcmQ"],
    ["base64url", "pass>>>???word", "cGFzcz4-Pj8_P3dvcmQ"],
    ["a line", "first line\r\nsecond line", "second line"],
    ["normalised line ends", "first line\r\nsecond line", "first line\nsecond line"],
    ["Windows line ends", "first line\nsecond line", "first line\r\nsecond line"],
  ])("needlesOf() has %s", (_, value, form) => {
    expect(formsOf(value)).toContain(form);
  });

  test("needlesOf() has every string and number of a structure and its JSON text, but no key", () => {
    const forms = formsOf({ username: "alice", list: [654321, { deep: "pässword" }], on: true, none: null });
    for (const form of ["alice", "654321", "pässword", "p%C3%A4ssword"]) expect(forms).toContain(form);
    expect(forms).toContain('{"username":"alice","list":[654321,{"deep":"pässword"}],"on":true,"none":null}');
    expect(forms).toContain(
      '{"username": "alice", "list": [654321, {"deep": "p\\u00e4ssword"}], "on": true, "none": null}',
    );
    for (const form of ["username", "deep", "list", "true", "null"]) expect(forms).not.toContain(form);
  });

  test.each(["", "abc", 123, -1, true, false, null, {}, [], { abcd: "abc" }])(
    "needlesOf() gives nothing for the parts of %j",
    (value) => {
      const forms = [...formsOf(value)].filter((form) => !/^[%{[]/.test(form));
      const encodings = new Set(["abc", "abcd", "YWJj", "616263", "MTIz", "313233", "LTE=", "2d31"]);
      expect(forms.filter((form) => encodings.has(form))).toEqual([]);
      if (typeof value !== "object" || value === null) expect(forms).toEqual([]);
    },
  );

  test("needlesOf() looks into a string of JSON", () => {
    const forms = formsOf(JSON.stringify({ type: "account", key: "-----BEGIN KEY-----\nMIIEvQIBADAN\n" }));
    expect(forms).toContain("-----BEGIN KEY-----\nMIIEvQIBADAN");
    expect(forms).toContain("MIIEvQIBADAN");
    expect(formsOf("{not JSON")).toContain("{not JSON");
  });

  test("needlesOf() leaves blank lines out, so that indentation stays", () => {
    expect(formsOf("first line\n        \nlast line")).not.toContain("        ");
  });

  test("needlesOf() bounds the bytes that each value takes, whatever is in it", () => {
    const special = Array.from({ length: 64 }, () => `"'ä$`).join("");
    for (const value of ["x".repeat(20), "Ab-3".repeat(500), special, special.repeat(8), "ä".repeat(8000)]) {
      const bytes = needlesOf(value).reduce((sum, needle) => sum + needle.bytes.length, 0);
      expect(bytes).toBeLessThan(Buffer.byteLength(value) * 400);
    }
  });

  test("needlesOf() has a large value's bytes one by one only up to 2 KiB", () => {
    const spaced = (size: number) => formsOf("k".repeat(size)).has("6b ".repeat(size).trim());
    expect([spaced(2048), spaced(2049)]).toEqual([true, false]);
  });

  test("needlesOf() has each line of a large value, only in plain form", () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `line number ${index}`);
    const forms = formsOf(lines.join("\n"));
    expect(lines.every((line) => forms.has(line))).toBe(true);
    expect(forms).not.toContain(Buffer.from("line number 7").toString("hex"));
  });
});

describe("splitNeedlesOf()", () => {
  test("splitNeedlesOf() makes each encoding of a large value later, and those of a short text in much white space at once", () => {
    const large = "Ab-3/".repeat(4000);
    const { now, later } = splitNeedlesOf(large);
    expect(now.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([large]);
    const made = later.flatMap(({ needles }) => needles().map(({ bytes }) => Buffer.from(bytes).toString()));
    const base64 = [0, 1, 2].map((offset) =>
      Buffer.concat([Buffer.alloc(offset), Buffer.from(large)]).toString("base64"),
    );
    const starts = [0, 2, 3];
    for (const [index, form] of base64.entries()) expect(made).toContain(form.slice(starts[index]));
    for (const form of [Buffer.from(large).toString("hex"), encodeURIComponent(large)]) expect(made).toContain(form);
    const short = formsOf(`${" ".repeat(20_000)}short-Q7 text`);
    expect(short).toContain(Buffer.from("short-Q7 text").toString("hex"));
    expect(short).toContain(Buffer.from("xshort-Q7 text").toString("base64").slice(2));
  });

  test("splitNeedlesOf() gives a start, and more after it, of each needle that is made later", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", minLength: 4, maxLength: 80 }),
      fc.string({ unit: "grapheme-ascii", minLength: 4, maxLength: 80 }),
      // What has another form comes late in it.
      fc
        .tuple(
          fc.string({ unit: "grapheme-ascii", minLength: 33, maxLength: 80 }),
          fc.constantFrom("é", "e\u0301", "퓇"),
        )
        .map((parts) => parts.join("")),
      fc.string({ unit: fc.constantFrom("\t", "\n", "A", "z", "é", "e\u0301", "ß", "😀"), maxLength: 80 }),
    );
    fc.assert(
      fc.property(text, (value) => {
        for (const { starts, needles } of splitNeedlesOf(value).later) {
          for (const { bytes } of needles()) {
            const isEager = bytes.length <= 8;
            const isStarted = starts.some((start) => start.length < bytes.length && startsWith(bytes, start));
            expect.soft(isEager || isStarted, JSON.stringify([value, Buffer.from(bytes).toString()])).toBe(true);
          }
        }
      }),
    );
  });

  test("splitNeedlesOf() gives the same needles as needlesOf()", () => {
    for (const value of ["pässwörd-Q7", "l\nonger than eight", { a: "key-number-one", b: 4711 }]) {
      const { now, later } = splitNeedlesOf(value);
      const all = [...now, ...later.flatMap(({ needles }) => needles())];
      expect(new Set(all.map(({ bytes }) => Buffer.from(bytes).toString()))).toEqual(formsOf(value));
    }
  });
});

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}
