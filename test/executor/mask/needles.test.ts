import { describe, expect, test } from "vitest";
import type { JsonValue } from "@sealrun/protocol";
import { needlesOf } from "../../../executor/src/mask/needles.ts";

const formsOf = (value: JsonValue) => new Set(needlesOf(value).map((needle) => Buffer.from(needle).toString()));

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
    const forms = formsOf({ username: "alice", list: [54321, { deep: "pässword" }], on: true, none: null });
    for (const form of ["alice", "54321", "pässword", "p%C3%A4ssword"]) expect(forms).toContain(form);
    expect(forms).toContain('{"username":"alice","list":[54321,{"deep":"pässword"}],"on":true,"none":null}');
    expect(forms).toContain(
      '{"username": "alice", "list": [54321, {"deep": "p\\u00e4ssword"}], "on": true, "none": null}',
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

  test("needlesOf() has each line of a large value, only in plain form", () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `line number ${index}`);
    const forms = formsOf(lines.join("\n"));
    expect(lines.every((line) => forms.has(line))).toBe(true);
    expect(forms).not.toContain(Buffer.from("line number 7").toString("hex"));
  });
});
