import { parseDotenv, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, refusalOf } from "../../../support/refusal.ts";

const read = (text: string) =>
  Object.fromEntries([...parseDotenv(bytesOf(text), ".env")].map(([name, { value }]) => [name, value]));
const refuse = (text: string) => refusalOf(() => parseDotenv(bytesOf(text), ".env"));

describe("parseDotenv()", () => {
  test.each([
    ["a plain line", "A=x", { A: "x" }],
    ["export and spaces", "  export  A = x  ", { A: "x" }],
    ["a name that starts like export", "exported=1", { exported: "1" }],
    ["CR LF", "A=1\r\nB='2'\r\n", { A: "1", B: "2" }],
    ["comments and empty lines", "# one\n\n   # two\nA=1 # three\n", { A: "1" }],
    ["a # without a space before it", "A=p#w", { A: "p#w" }],
    ["an empty value", "A=\nB=''\nC= # none", { A: "", B: "", C: "" }],
    ["a # right after =", "COLOR=#00FF7F\nB=# x # y\nexport C=#", { COLOR: "#00FF7F", B: "# x", C: "#" }],
    ["a value with =", "A=b=c==", { A: "b=c==" }],
    ["dollars in every quoting", "A=$B${C}\nD=\"$B$(x)\"\nE='$B'", { A: "$B${C}", D: "$B$(x)", E: "$B" }],
    ["escapes in double quotes", String.raw`A="a\nb\t\"c\" \\n \$ \x"`, { A: 'a\nb\t"c" \\n \\$ \\x' }],
    ["no escapes in single quotes", String.raw`A='a\nb'`, { A: String.raw`a\nb` }],
    ["backticks", 'A=`it\'s "x"`', { A: `it's "x"` }],
    ["a comment after quotes", 'A="x # y" # z', { A: "x # y" }],
    ["spaces inside quotes", "A='  x  '", { A: "  x  " }],
    [
      "several lines in quotes",
      'K="-----BEGIN KEY-----\nabc=\n-----END KEY-----\n"\nB=1',
      { K: "-----BEGIN KEY-----\nabc=\n-----END KEY-----\n", B: "1" },
    ],
    ["a byte order mark", "\uFEFFA=1", { A: "1" }],
  ])("parseDotenv() reads %s", (_, text, expected) => expect(read(text)).toEqual(expected));

  test("parseDotenv() returns the line of a name after a value of several lines", () => {
    const entries = parseDotenv(bytesOf('A="1\n2\n3"\n\nB=4'), ".env");
    expect([...entries.values()].map(({ line }) => line)).toEqual([1, 5]);
  });

  test.each([
    ["no =", "A=1\ncanary\n", ".env:2: expected NAME=value"],
    ["an open quote", 'A=1\nB="canary\nC=2\n', '.env:2: expected a closing "'],
    ["text after a quote", "A='canary'canary", ".env:1: expected nothing but a comment"],
    ["a duplicate", "A=canary\nB=1\nexport A=canary", '.env:3: "A" is also in line 1; keep one of them'],
    [
      "an unquoted key of several lines",
      "K=-----BEGIN KEY-----\ncanary\n",
      ".env:1: expected NAME=value; a value over several lines",
    ],
    ["a possible end of a base64 value", "A=1\ncanary/+==\n", '.env:2: the text before "="'],
  ])("parseDotenv() refuses %s and repeats no value", (_, text, sentence) => {
    expect(refuse(text).message).toContain(sentence);
    expect(refuse(text).message).not.toContain("canary");
  });

  test("parseDotenv() leaves out every entry of a name that is there twice, when the rest is still read", () => {
    const refused: string[] = [];
    const read = parseDotenv(bytesOf("DUP=1\nA=x\nDUP=2\nDUP=3\n"), ".env", ({ message }) => refused.push(message));
    expect([...read.keys()].map(String)).toEqual(["A"]);
    expect(refused).toEqual([3, 4].map((line) => `.env:${line}: "DUP" is also in line 1; keep one of them`));
  });

  test("parseDotenv() reads base64 that was wrapped as one value, marked as such", () => {
    const [full, end] = ["Zm9v".repeat(19), "Zm9vYmFyYg=="];
    const text = `A=${full}\r\n${full}\r\n${end}\r\nB=1\nC=${full}\n\nD=${full} # whole\nE=2`;
    expect([...parseDotenv(bytesOf(text), ".env")]).toEqual([
      ["A", { value: `${full}\n${full}\n${end}`, line: 1, isWrapped: true }],
      ["B", { value: "1", line: 4 }],
      ["C", { value: full, line: 5 }],
      ["D", { value: full, line: 7 }],
      ["E", { value: "2", line: 8 }],
    ]);
  });

  test("parseDotenv() refuses a line that may go on a value or be a name without one", () => {
    const { code, message } = refuse(`A=1\nB=${"canary".repeat(12)}abcd\nKEY=\n`);
    expect(code).toBe("SECRETS_FILE_INVALID");
    expect(message).toMatch(/^\.env:2: line 3 may be the rest of this value, wrapped as base64, or a name/);
    expect(message).not.toContain("canary");
    expect(read(`B=${"x".repeat(76)}\nDEBUG=\nFOO=`)).toMatchObject({ DEBUG: "", FOO: "" });
  });

  test("parseDotenv() refuses invalid UTF-8 with its line", () => {
    const bytes = new Uint8Array([...bytesOf("A=1\nB="), 0xff]);
    expect(refusalOf(() => parseDotenv(bytes, ".env")).message).toContain(".env:2: expected UTF-8");
  });

  test("parseDotenv() returns any value in single quotes byte for byte", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).map((text) => text.replaceAll(/['\r]/g, "")),
        (value) => {
          expect(read(`A='${value}'\nB=1`)).toEqual({ A: value, B: "1" });
        },
      ),
    );
  });

  test("parseDotenv() throws nothing but SealrunError, whatever the text", () => {
    const part = fc.constantFrom("A", "=", '"', "'", "\n", "\\", " ", "#", "$", "export ", "\r\n", "__proto__");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        try {
          read(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
