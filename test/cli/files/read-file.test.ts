import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readNamedFile } from "../../../packages/cli/src/files/read-file.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
let folder: string;
beforeAll(async () => {
  person = await newPerson();
  folder = await person.write("p", { "three.txt": "123" });
});
afterAll(async () => person.leave());

test("readNamedFile() gives a file of the very size allowed", async () => {
  expect(Buffer.from(await readNamedFile(join(folder, "three.txt"), 3)).toString()).toBe("123");
});

test.each([
  ["three.txt", 2, "VALUE_TOO_LARGE", "expected at most 2 bytes, found 3 bytes"],
  ["nothing", 9, "FILE_NOT_FOUND", "does not exist; check the path"],
  [".", 1_000_000, "FILE_NOT_FOUND", "is a folder; expected a file"],
  ["three.txt/x", 9, "FILE_NOT_FOUND", "is not a folder; check the path"],
] as const)("readNamedFile() refuses %s of at most %i bytes with %s", async (name, most, code, sentence) => {
  const error = await rejectionOf(readNamedFile(join(folder, name), most));
  expect(error.code).toBe(code);
  expect(error.message).toContain(sentence);
});
