import { Readable } from "node:stream";
import { array, assert, asyncProperty, string } from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecretValue } from "../../../packages/cli/src/secret/read-value.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const read = async (bytes: string | Uint8Array, isJson = false) =>
  readSecretValue(
    { ...person.cli, input: Readable.from([Buffer.from(bytes)]) },
    { name: "A", file: undefined, isJson },
  );

test("readSecretValue() keeps text byte for byte, less one final newline", async () => {
  await assert(
    asyncProperty(array(string({ unit: "binary" })), async (parts) => {
      const text = parts.join("\n").toWellFormed();
      expect(await read(`${text}\n`)).toBe(text);
    }),
  );
  expect(await read("x\n\n")).toBe("x\n");
  expect(await read("\ufeffx")).toBe("\ufeffx");
  expect(await read("")).toBe("");
});

test("readSecretValue() reads JSON when asked, strictly and without repeating it", async () => {
  expect(await read('{"a":[1,null]}\n', true)).toEqual({ a: [1, null] });
  const { code, message } = await rejectionOf(read('{"a":"plain-value","a":1}', true));
  expect(code).toBe("MALFORMED");
  expect(message).not.toContain("plain-value");
});

test("readSecretValue() refuses an integer that would be rounded, and names no key of the value", async () => {
  const { code, message } = await rejectionOf(read('{"canary": 12345678901234567168}', true));
  expect(code).toBe("MALFORMED");
  expect(message).toMatch(/^the value:1:12: expected an integer that keeps its value.*write it as text \(in quotes\)$/);
  expect(await read('{"a":[1.50,1e3,0.12345678901234567891]}', true)).toEqual({
    a: [1.5, 1_000, 0.123_456_789_012_345_68],
  });
});

test("readSecretValue() refuses bytes that are not UTF-8", async () => {
  expect((await rejectionOf(read(new Uint8Array([0xff])))).message).toBe(
    "Expected a value in UTF-8; give a binary one as base64",
  );
});

test("readSecretValue() reads a file", async () => {
  const folder = await person.write("p", { value: "from-file\n" });
  expect(await readSecretValue(person.cli, { name: "A", file: `${folder}/value`, isJson: false })).toBe("from-file");
});
