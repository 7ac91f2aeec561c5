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
  [["auth", "status"], "Unknown command 'auth'; see sealrun --help"],
  [["rollback"], "Unknown command 'rollback'; did you mean sealrun package rollback? Or see sealrun --help"],
  [
    ["rename"],
    "Unknown command 'rename'; did you mean sealrun project rename or sealrun package rename? Or see sealrun --help",
  ],
  [["list"], "Unknown command 'list'; see sealrun --help"],
  [["project", "push"], "Unknown command 'push'; did you mean sealrun push? Or see sealrun project --help"],
  [["push", "--projekt", "acme"], "Unknown option '--projekt'; did you mean --project? Or see sealrun push --help"],
  [["run", "a/b", "-zhunter2"], "Unknown option '-z'; see sealrun run --help"],
  [["login", "https://x.test", "hunter2"], "Too many arguments: expected 1, found 2; see sealrun login --help"],
  [["login"], "Missing required argument 'url'; see sealrun login --help"],
  [["package", "download", "a/b"], "Expected --to <dir>; see sealrun package download --help"],
  [["package", "download", "a/b", "--to"], "Expected a value after --to <dir>; see sealrun package download --help"],
  [["completion", "it's"], 'shell: expected bash, zsh or fish, found "it\'s"; see sealrun completion --help'],
  [["completion", "tcsh"], 'shell: expected bash, zsh or fish, found "tcsh"; see sealrun completion --help'],
  [
    ["execution", "list", "--trigger", "x"],
    '--trigger: expected request, schedule or event, found "x"; see sealrun execution list --help',
  ],
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
