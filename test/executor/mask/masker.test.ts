import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { jsonValue } from "@sealrun/protocol";
import { createMasker } from "../../../executor/src/mask/masker.ts";
import { maskerOf } from "./support.ts";

describe("maskText()", () => {
  test("maskText() hides a value and keeps the text around it", () => {
    expect(maskerOf("correct horse").maskText("pw: correct horse!")).toBe("pw: ***!");
  });

  test("maskText() hides a value in another normal form that differs only at the end of it", () => {
    const value = "A-long-password-that-is-plain-until-its-last-\u00e9";
    for (const [secret, printed] of [
      [value, value.normalize("NFD")],
      [value.normalize("NFD"), value],
      [value, JSON.stringify(value.normalize("NFD")).slice(1, -1)],
    ] as const) {
      expect(maskerOf(secret).maskText(`pw: ${printed}!`)).toBe("pw: ***!");
    }
  });

  test("maskText() hides 4 to 7 bytes only between bytes that are not part of a word", () => {
    const masker = maskerOf("4321", "ab-cd");
    expect(masker.maskText("4321 x4321 4321_ (4321) 4321")).toBe("*** x4321 4321_ (***) ***");
    expect(masker.maskText("ab-cd ab-cde é4321é")).toBe("*** ab-cde é***é");
  });

  test("maskText() never masks fewer than 4 bytes, booleans or null", () => {
    const masker = maskerOf("abc", 123, true, null, "", { a: false, b: null, c: "x" });
    const text = "abc 123 true null false YWJj 616263";
    expect(masker.maskText(text)).toBe(text);
  });

  test("maskText() hides an integer in a string of JSON as it is written, although JavaScript rounds it", () => {
    const masker = maskerOf('{"id": 12345678901234567168}');
    expect(masker.maskText("12345678901234567168, 12345678901234567000")).toBe("***, ***");
  });

  test("maskText() leaves the beginning of a value in a whole text", () => {
    expect(maskerOf("production-password").maskText("production")).toBe("production");
  });

  test("maskText() hides values made of the mask's own character", () => {
    expect(maskerOf("****").maskText("a **** b")).toBe("a *** b");
    expect(maskerOf("*********").maskText("a ********* b")).toBe("a *** b");
  });

  test("maskText() returns text without needles as it was, lone surrogates too", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString("utf16le");
        expect(maskerOf("correct horse battery").maskText(`${text}\ud800`)).toBe(`${text}\ud800`);
      }),
    );
  });
});

describe("maskText() of everyday words", () => {
  test("maskText() hides a common word as a separate word when it is the whole value", () => {
    const masker = maskerOf("localhost", "password", "true", 5432);
    expect(masker.maskText("localhost:5432 my_password passwords (password) true untrue")).toBe(
      "***:*** my_password passwords (***) *** untrue",
    );
  });

  test("maskText() leaves common words inside a structure, and in a string of JSON, as they are", () => {
    const value = {
      host: "localhost",
      port: 5432,
      ssl: "true",
      user: "Postgres",
      none: "null",
      password: "kf83-kd02-pw",
    };
    for (const masker of [maskerOf(value), maskerOf(JSON.stringify(value))]) {
      const text = "localhost 5432 true postgres null password";
      expect(masker.maskText(`${text} kf83-kd02-pw`)).toBe(`${text} ***`);
      expect(masker.maskText(JSON.stringify(value))).toBe("***");
    }
  });

  test("maskText() leaves lines of a value without a letter or digit as they are", () => {
    const secret = JSON.stringify({ a: { b: { c: "topsecretvalue" } } }, null, 4);
    const other = JSON.stringify({ x: { y: { z: 1 } } }, null, 4);
    expect(maskerOf(secret).maskText(other)).toBe(other);
    expect(maskerOf(secret).maskText(`${other}\n${secret}`)).toBe(`${other}\n***`);
    expect(maskerOf("first line\n----------\nlast line").maskText("----------")).toBe("----------");
  });

  test("maskText() takes a value for nothing else than a value when it is the mask itself", () => {
    const masker = maskerOf("***", "the real value");
    expect(masker.maskText("a *** b, the real value")).toBe("a *** b, ***");
    expect(masker.maskJson({ "***": ["***", "the real value"] })).toEqual({ "***": ["***", "***"] });
  });
});

describe("addPart()", () => {
  test("addPart() hides what was taken out of a secret, but not a common word", () => {
    const masker = createMasker();
    masker.addPart("localhost");
    masker.addPart("kf83-kd02-pw");
    expect(masker.maskText("localhost kf83-kd02-pw")).toBe("localhost ***");
  });
});

describe("maskJson()", () => {
  test("maskJson() hides strings, numbers and keys", () => {
    const masker = maskerOf("correct horse", 54321);
    expect(masker.maskJson({ "correct horse": ["a correct horse", 54321, 5432, true, null] })).toEqual({
      "***": ["a ***", "***", 5432, true, null],
    });
  });

  test("maskJson() keeps every member when masked keys are alike", () => {
    const masker = maskerOf("first-secret", "other-secret");
    expect(masker.maskJson({ "first-secret": 1, "other-secret": 2 })).toEqual({ "***": 1, "*** (2)": 2 });
  });

  test("maskJson() gives back any value that holds no needle", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parsed = jsonValue.parse(value);
        expect(maskerOf("correct horse battery").maskJson(parsed)).toEqual(parsed);
      }),
    );
  });

  test("maskJson() withholds a value that is nested too deeply", () => {
    let deep: unknown = "correct horse";
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const masker = maskerOf("correct horse");
    expect(masker.maskJson(asJson(deep))).toBe("[masking failed, value withheld]");
  });
});

describe("add()", () => {
  test("add() twice changes nothing", () => {
    const masker = maskerOf("correct horse", "correct horse");
    expect(masker.maskText("correct horse")).toBe("***");
  });

  test("add() takes any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const masker = createMasker();
        masker.add(jsonValue.parse(value));
        expect(typeof masker.maskText("text")).toBe("string");
      }),
    );
  });

  test("add() of a value of 1 MiB hides the whole value, and any beginning of it", () => {
    const value = Buffer.from(
      Array.from({ length: 786_432 }, (_, index) => (index * 7919 + (index >> 8)) & 255),
    ).toString("base64");
    const masker = maskerOf(value);
    expect(value.length).toBe(1_048_576);
    expect(masker.maskText(`a ${value} b`)).toBe("a *** b");
    expect(masker.maskText(`a ${value.slice(0, 500_000)} b`)).toBe("a *** b");
    expect(masker.maskText(Buffer.from(value).toString("hex"))).toBe("***");
  });
});

test("add() of a value of 1 MiB in 16,000 lines hides it as it is, and all of each line of its forms", () => {
  const lines = Array.from({ length: 16_000 }, (_, index) =>
    Buffer.from(`${index * 7919}`.padEnd(48)).toString("base64"),
  );
  const value = `${lines.join("\n")}\n`;
  const masker = maskerOf(value);
  expect(masker.maskText(`a ${value} b`)).toBe("a *** b");
  expect(masker.maskText(`a ${value.replaceAll("\n", "\r\n")} b`)).toMatch(/^a \*\*\*[*\r\n]* b$/);
  expect(masker.maskText(JSON.stringify({ value }))).toMatch(/^\{"value":"\*\*\*(?:"\})?$/);
  expect(masker.maskText(`a ${Buffer.from(value).toString("hex")} b`)).toMatch(/^a \*\*\*(?: b)?$/);
});

/** A type guard, because a real check would itself overflow on a value this deep. */
function isJson(value: unknown): value is Parameters<ReturnType<typeof createMasker>["add"]>[0] {
  return Array.isArray(value);
}

function asJson(value: unknown) {
  if (!isJson(value)) throw new TypeError("not a list");
  return value;
}
