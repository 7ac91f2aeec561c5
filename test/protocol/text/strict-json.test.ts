import { parseStrictJson, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

const options = { file: "secrets.json", code: "SECRETS_FILE_INVALID", maxBytes: 1_048_576, maxDepth: 32 } as const;

const read = (text: string) => parseStrictJson(bytesOf(text), options).value;
const refuse = (text: string) => refusalOf(() => read(text)).message;

describe("parseStrictJson()", () => {
  test("parseStrictJson() reads every text that JSON.parse reads", () => {
    const layout = fc.constantFrom<string | number | undefined>(undefined, 1, "\t");
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: "grapheme" }), layout, (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        fc.pre(!text.includes("__proto__"));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("parseStrictJson() reads every escape", () => {
    expect(read(String.raw`"\" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00 \u0000"`)).toBe(
      '" \\ / \b \f \n \r \t é 😀 \0',
    );
  });

  test("parseStrictJson() throws nothing but SealrunError, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string().map(bytesOf), fc.json().chain(damage)), (bytes) => {
        try {
          parseStrictJson(bytes, options);
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test("parseStrictJson() refuses every text that JSON.parse refuses", () => {
    fc.assert(
      fc.property(fc.json().chain(damage), (bytes) => {
        const text = new TextDecoder().decode(bytes);
        const agrees = succeeds(() => JSON.parse(text)) || !succeeds(() => read(text));
        expect(agrees, text).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test("parseStrictJson() never repeats a value", () => {
    const broken = fc.constantFrom(
      (value: string) => `{"A": "${value}" "B": 1}`,
      (value: string) => `{"A": "${value}`,
      (value: string) => `{"A": ${value}}`,
      (value: string) => `{"A": "${value}", "A": "${value}"}`,
      (value: string) => `{"A": "${value}\n"}`,
      (value: string) => `{"A": "${value}\\x"}`,
      (value: string) => `{"A": '${value}'}`,
      (value: string) => `{"A": "${value}\\ud800"}`,
      (value: string) => `{"A": "${value}"} ${value}`,
      (value: string) => `["${value}"`,
    );
    fc.assert(
      fc.property(broken, fc.stringMatching(/^[a-z]{3}canary[a-z]{3}$/), (form, value) => {
        expect(refuse(form(value))).not.toContain("canary");
      }),
    );
  });

  test("parseStrictJson() names file, line and column, and what was expected", () => {
    expect(refuse('{\n  "A": 1,\n  "B": "x" "C"\n}')).toBe('secrets.json:3:12: expected "," or "}"');
    expect(refuse('{"A" 1}')).toBe('secrets.json:1:6: expected ":"');
    expect(refuse('{"A": 1')).toBe('secrets.json:1:8: expected "," or "}"; the file ends here');
    expect(refuse("")).toBe("secrets.json:1:1: expected JSON; the file is empty");
    expect(refuse("{} {}")).toBe("secrets.json:1:4: expected the end of the file");
  });

  test("parseStrictJson() says what to do about common mistakes", () => {
    expect(refuse('{"A": 1,}')).toContain('remove the "," before "}"');
    expect(refuse("[1,]")).toContain('remove the "," before "]"');
    expect(refuse("{'A': 1}")).toContain("expected a key in double quotes");
    expect(refuse(`{"A": 'x'}`)).toContain("strings stand in double quotes");
    expect(refuse('{"A": 1 // one\n}')).toContain('expected "," or "}"');
    expect(refuse('{\n// one\n"A": 1}')).toContain("JSON has no comments");
    expect(refuse('{"A": "a\nb"}')).toContain(String.raw`write a line break as \n`);
    expect(refuse('{"A": "C:\\Users"}')).toContain("write a backslash itself as");
  });

  test("parseStrictJson() refuses a duplicate key, nested and escaped too", () => {
    expect(refuse('{"A": 1,\n"A": 2}')).toBe('secrets.json:2:1: duplicate key "A"; keep one of them');
    expect(refuse(String.raw`{"A": 1, "\u0041": 2}`)).toContain('duplicate key "A"');
  });

  test("parseStrictJson() names no key inside a value, and none at all where the document is one", () => {
    const sentence = "secrets.json:2:1: duplicate key; keep one of them";
    expect(refuse('{"A": [{"hunter2": 1,\n"hunter2": 1}]}')).toBe(sentence);
    const bytes = new TextEncoder().encode('{"hunter2": 1,\n"hunter2": 1}');
    const options = { file: "value", code: "MALFORMED", maxBytes: 100, maxDepth: 3, named: "none" } as const;
    expect(refusalOf(() => parseStrictJson(bytes, options)).message).toBe("value:2:1: duplicate key; keep one of them");
  });

  test("parseStrictJson() escapes and cuts a key that it names", () => {
    const key = `\\u001b[2J\\u202e${"k".repeat(300)}`;
    const sentence = refuse(`{"${key}": 1, "${key}": 1}`);
    expect(sentence).toContain(String.raw`"\u{1b}[2J\u{202e}kkk`);
    expect(sentence.length).toBeLessThan(220);
  });

  test("parseStrictJson() refuses __proto__ at any depth, however written", () => {
    expect(refuse('{"__proto__": {}}')).toContain("__proto__ is not allowed");
    expect(refuse('{"a": [{"__proto__": 1}]}')).toContain("__proto__ is not allowed");
    expect(refuse(String.raw`{"\u005f_proto__": 1}`)).toContain("__proto__ is not allowed");
  });

  test("parseStrictJson() makes own properties of names that every object has", () => {
    const value = read('{"constructor": 1, "toString": 2, "hasOwnProperty": 3}');
    expect(Object.entries(value ?? {})).toEqual([
      ["constructor", 1],
      ["toString", 2],
      ["hasOwnProperty", 3],
    ]);
  });

  test("parseStrictJson() refuses half a surrogate pair", () => {
    expect(refuse(String.raw`{"A": "\ud83d"}`)).toContain("secrets.json:1:7: expected text");
    expect(refuse(String.raw`{"A": "\ude00\ud83d"}`)).toContain("surrogate");
  });

  test("parseStrictJson() accepts a byte order mark at the start only", () => {
    expect(read('\uFEFF{"A": 1}')).toEqual({ A: 1 });
    expect(refuse('{"A": 1}\uFEFF')).toContain("expected the end of the file");
  });

  test("parseStrictJson() names line and byte of invalid UTF-8", () => {
    const bytes = new Uint8Array([...bytesOf('{\n"A": "'), 0xc3, 0x28, ...bytesOf('"}')]);
    expect(refusalOf(() => parseStrictJson(bytes, options)).message).toContain(
      "secrets.json:2: expected UTF-8: byte 8 is not",
    );
  });

  test("parseStrictJson() accepts 32 levels and refuses 33", () => {
    expect(read("[".repeat(32) + "]".repeat(32))).toBeInstanceOf(Array);
    expect(refuse("[".repeat(33) + "]".repeat(33))).toContain("at most 32 levels of nesting");
    expect(refuse("[".repeat(500_000))).toContain("at most 32 levels of nesting");
  });

  test.each([
    "1e400",
    "-1e400",
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567168",
    "1180591620717411303424",
    "1e-400",
  ])("parseStrictJson() refuses %s and advises text", (number) =>
    expect(refuse(`{"A": ${number}}`)).toContain("write it as text (in quotes)"),
  );

  test.each([
    "0",
    "-0",
    "9007199254740992",
    "0.1",
    "1e21",
    "-366110709365276200",
    "1.1805916207174113e+21",
    "-12.5e-3",
    "9007199254740994",
    "0e5",
    "0.0",
  ])("parseStrictJson() keeps %s", (number) => expect(read(number)).toBe(JSON.parse(number)));

  test.each(["01", "+1", ".5", "1.", "1e", "0x10", "NaN", "Infinity", "1_000", "-"])(
    "parseStrictJson() refuses the number form %s",
    (number) => expect(refuse(`{"A": ${number}}`)).toContain("secrets.json:1:"),
  );

  test("parseStrictJson() refuses a document over its limit", () => {
    const refusal = refusalOf(() => parseStrictJson(bytesOf('"12345"'), { ...options, maxBytes: 6 }));
    expect(refusal.code).toBe("VALUE_TOO_LARGE");
    expect(refusal.message).toBe("secrets.json: expected at most 6 bytes, found 7 bytes");
  });

  test("parseStrictJson() tells the lines of the root object's keys", () => {
    const { lines } = parseStrictJson(bytesOf('{"A": {"x":\n1},\r\n"B": 2,\n\n"C": 3}'), options);
    expect([...lines]).toEqual([
      ["A", 1],
      ["B", 3],
      ["C", 5],
    ]);
  });
});

/** JSON text with one character replaced, taken away or doubled. */
function damage(text: string): fc.Arbitrary<Uint8Array> {
  const character = fc.constantFrom("", '"', ",", "{", "}", "[", "]", ":", "\\", "0", "-", "e", "\n", "\u0000");
  return fc
    .tuple(fc.nat({ max: text.length }), character)
    .map(([at, put]) => bytesOf(text.slice(0, at) + put + text.slice(at + 1)));
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
