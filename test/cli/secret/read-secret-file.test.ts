import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecretFile } from "../../../packages/cli/src/secret/read-secret-file.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

test.each([
  ["a.json", '{"A":{"b":1}}', [["A", { b: 1 }]]],
  [".env", "A=1\n", [["A", "1"]]],
  ["prod.env", 'export A="x y"\n', [["A", "x y"]]],
  [".env.local", "A=$B\n", [["A", "$B"]]],
  [
    "last-line.env",
    "A=1\nB=2",
    [
      ["A", "1"],
      ["B", "2"],
    ],
  ],
  [
    "crlf.env",
    "A=1\r\nB='2'\r\n",
    [
      ["A", "1"],
      ["B", "2"],
    ],
  ],
  ["pem.env", 'KEY="-----BEGIN X-----\nab\n-----END X-----"\n', [["KEY", "-----BEGIN X-----\nab\n-----END X-----"]]],
])("readSecretFile() reads %s", async (name, text, entries) => {
  const folder = await person.write("p", { [name]: text });
  const found = await readSecretFile(person.cli, `${folder}/${name}`);
  expect(found.map((secret) => [secret.name, secret.value])).toEqual(entries);
});

test.each([
  ['\n {"A":1}', 1],
  ["# note\nA=1", "1"],
])("readSecretFile() takes either form from standard input: %j", async (text, value) => {
  const found = await readSecretFile({ input: Readable.from([Buffer.from(text)]) }, "-");
  expect(found).toEqual([{ name: "A", value, place: "standard input:2" }]);
});

test("readSecretFile() reads a file of any name by its content", async () => {
  const folder = await person.write("p", { ".env_encoded": "A=x\n", vars: '{"A":"x"}' });
  for (const name of [".env_encoded", "vars"]) {
    expect(await readSecretFile(person.cli, `${folder}/${name}`)).toEqual([
      { name: "A", value: "x", place: `${name}:1` },
    ]);
  }
});
