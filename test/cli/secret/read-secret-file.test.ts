import { afterEach, beforeEach, expect, test } from "vitest";
import { readSecretFile } from "../../../packages/cli/src/secret/read-secret-file.ts";
import { rejectionOf } from "../../support/refusal.ts";
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
])("readSecretFile() reads %s", async (name, text, entries) => {
  const folder = await person.write("p", { [name]: text });
  expect([...(await readSecretFile(`${folder}/${name}`))]).toEqual(entries);
});

test("readSecretFile() says which endings it knows", async () => {
  const folder = await person.write("p", { "a.yaml": "" });
  expect((await rejectionOf(readSecretFile(`${folder}/a.yaml`))).message).toContain("ends in .json or .env");
});
