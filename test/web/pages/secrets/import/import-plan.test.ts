import { expect, test } from "vitest";
import {
  chosenValues,
  decodePrefixed,
  importWords,
  keepPlain,
  planImport,
  readImport,
} from "../../../../../packages/web/src/pages/secrets/import/import-plan.ts";
import { rejectionOf } from "../../../../support/refusal.ts";

const file = (name: string, text: string): File => new File([text], name);
const encode = (text: string): string => Buffer.from(text).toString("base64");

test("readImport() reads both forms, and reports each name that cannot be stored", async () => {
  const env = await readImport(file(".env", "A=1\n1B=hunter2\nD=1\nC='x y'\nD=hunter2\n"));
  expect(env.secrets.map(({ name, value, place }) => [name, value, place])).toEqual([
    ["A", "1", ".env:1"],
    ["C", "x y", ".env:4"],
  ]);
  expect(env.refusals).toHaveLength(2);
  expect(env.refusals.join()).not.toContain("hunter2");
  const json = await readImport(file("a.json", '{\n"A":{"b":1},\n"1B":2}'));
  expect(json.secrets).toEqual([{ name: "A", value: { b: 1 }, place: "a.json:2" }]);
  expect(json.refusals[0]).toMatch(/^a\.json:3: "1B" is not allowed/);
});

test("readImport() wipes the bytes that it has read", async () => {
  const bytes = new TextEncoder().encode("A=hunter2\n");
  await readImport({ name: ".env", size: bytes.length, arrayBuffer: async () => bytes.buffer });
  expect(bytes.every((byte) => byte === 0)).toBe(true);
});

test.each([
  ["a.json", "[1]", "SECRETS_FILE_INVALID"],
  ["a.env", "# nothing\n", "SECRETS_FILE_INVALID"],
  ["a.txt", "no secrets", "SECRETS_FILE_INVALID"],
  ["a.env", "A='open", "SECRETS_FILE_INVALID"],
  ["big.env", "A".repeat(4 * 1_048_576 + 1), "VALUE_TOO_LARGE"],
])("readImport() refuses %s with its code", async (name, text, code) => {
  expect((await rejectionOf(readImport(file(name, text)))).code).toBe(code);
});

test("decodePrefixed() removes the prefix, decodes, and says what is not base64 and what is left out", async () => {
  const text = `SECRET_A=${encode("one")}\nSECRET_B=hunter2!\nHOME=/root\n`;
  const decoded = decodePrefixed(await readImport(file(".env", text)));
  expect(decoded.secrets.map(({ name, value }) => [name, value])).toEqual([["A", "one"]]);
  expect(decoded.leftOut).toBe(1);
  expect(decoded.refusals).toHaveLength(1);
  expect(decoded.refusals[0]).toMatch(/^\.env:2: "SECRET_B": expected a value in base64/);
  expect(decoded.refusals[0]).not.toContain("hunter2");
});

test("keepPlain() and decodePrefixed() list wrapped values, and keep the others", async () => {
  const long = encode("a long value ".repeat(6).trim());
  const text = `A=x\nB=\nSECRET_C=\nSECRET_D=${long.slice(0, 76)}\n${long.slice(76)}\n`;
  const plain = keepPlain(await readImport(file(".env", text)));
  expect(plain.secrets.map(({ name }) => name)).toEqual(["A", "B", "SECRET_C"]);
  expect(plain.refusals.map((refusal) => refusal.slice(0, 16))).toEqual(['.env:4: "SECRET_']);
  const decoded = decodePrefixed(await readImport(file(".env", text)));
  expect(decoded.secrets.map(({ name, value }) => [name, value])).toEqual([
    ["C", ""],
    ["D", "a long value ".repeat(6).trim()],
  ]);
  expect(decoded).toMatchObject({ leftOut: 2, refusals: [] });
});

test("planImport() holds names and versions, no value", async () => {
  const plan = planImport(await readImport(file(".env", "B=hunter2\nA=hunter2\nC=\nD=abc\n")), [
    { name: "A", version: 3 },
  ]);
  expect(plan.names).toEqual([
    { name: "A", place: ".env:2", replaces: 3, isEmpty: false, warning: undefined },
    { name: "B", place: ".env:1", replaces: null, isEmpty: false, warning: undefined },
    { name: "C", place: ".env:3", replaces: null, isEmpty: true, warning: undefined },
    {
      name: "D",
      place: ".env:4",
      replaces: null,
      isEmpty: false,
      warning: "D is too short to mask: logs and results of a run show it as it is",
    },
  ]);
  expect(JSON.stringify(plan)).not.toMatch(/hunter2|abc/);
});

test("chosenValues() takes only the chosen names", () => {
  const secrets = ["A", "B"].map((name) => ({ name, value: name, place: "" }));
  expect([...chosenValues(secrets, new Set(["B"]))]).toEqual([["B", "B"]]);
});

test.each([
  [1, 0, "1 name sealed, all new"],
  [3, 3, "3 names sealed, all replaced"],
  [3, 1, "3 names sealed, 1 of them replaced"],
])("importWords() of %d, %d replaced", (count, replaced, words) => {
  expect(importWords(count, replaced)).toBe(words);
});
