import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, type Person } from "./run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

test.each([
  [["pussh"], "Unknown command 'pussh'; did you mean push? Or see sealrun --help"],
  [["nothing-like-it"], "Unknown command 'nothing-like-it'; see sealrun --help"],
  [["project", "delete"], "Unknown command 'delete'; see sealrun project --help"],
  [
    ["secret", "get", "X"],
    "Unknown command 'get'; no command gives a secret's value back; sealrun secret list shows names; see sealrun secret --help",
  ],
  [["secret", "set"], "Expected the secret's name; see sealrun secret set --help"],
  [["secret", "list", "--projekt=hunter2"], "Unknown option '--projekt'; see sealrun secret list --help"],
])("usageError() says of %j what to do", async (args, sentence) => {
  expect(await person.run(args)).toEqual({ exitCode: 64, stdout: "", stderr: `error: ${sentence} (USAGE)\n` });
});
