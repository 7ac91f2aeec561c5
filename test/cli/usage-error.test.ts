import { afterAll, beforeAll, expect, test } from "vitest";
import { SealrunError } from "@sealrun/protocol";
import { inWordsOfOptions } from "../../packages/cli/src/usage-error.ts";
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

test("usageError() says that help was asked for no command", async () => {
  const { exitCode, stderr } = await person.run(["help", "nothing"]);
  expect(exitCode).toBe(64);
  expect(stderr.trimEnd().split("\n").at(-1)).toBe("error: Unknown command 'nothing'; the list is above (USAGE)");
});

test("inWordsOfOptions() names the option that a query's field was, and keeps every other failure", () => {
  const of = (code: "BAD_REQUEST" | "NOT_FOUND", message: string) => {
    const { code: shown, message: sentence } = inWordsOfOptions(new SealrunError(code, message));
    return `${shown}: ${sentence}`;
  };
  expect(of("BAD_REQUEST", "In the query: limit: expected number to be <=500")).toBe(
    "USAGE: --limit: expected number to be <=500",
  );
  expect(of("BAD_REQUEST", "In the query: notBefore: expected a time")).toBe("USAGE: --not-before: expected a time");
  expect(of("BAD_REQUEST", "In the body: name: expected text")).toBe("BAD_REQUEST: In the body: name: expected text");
  expect(of("NOT_FOUND", "In the query: x: y")).toBe("NOT_FOUND: In the query: x: y");
});
