import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, type Person } from "./run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

test("sealrun without a command lists the commands and exits with 64", async () => {
  const { exitCode, stdout, stderr } = await person.run([]);
  expect(exitCode).toBe(64);
  expect(stdout).toBe("");
  expect(stderr).toContain("push");
  expect(stderr.trimEnd().split("\n").at(-1)).toBe("error: Expected a command; the list is above (USAGE)");
});

test("sealrun --help prints to standard output and exits with 0", async () => {
  const { exitCode, stdout, stderr } = await person.run(["--help"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("Usage: sealrun");
  expect(stdout).not.toContain("keyring-token");
});

test("sealrun says which command is unknown", async () => {
  expect(await person.run(["pusch"])).toMatchObject({
    exitCode: 64,
    stdout: "",
    stderr: expect.stringMatching(/^error: Unknown command 'pusch'.*\(USAGE\)\n$/s),
  });
});

test("sealrun --json gives an error as JSON on standard error", async () => {
  const { stdout, stderr } = await person.run(["project", "list", "--json"]);
  expect(stdout).toBe("");
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: "CONFIG_INVALID",
      message: "No platform is known yet; sign in with: sealrun login URL, or start one with: sealrun dev",
    },
  });
});

test("sealrun ends every failure with one line", async () => {
  const { stderr } = await person.run(["run", "a\nb"]);
  expect(stderr).toBe('error: Expected PROJECT/PACKAGE, found "a\\\\u{a}b" (USAGE)\n'.replace("\\\\", "\\"));
});

test("sealrun does not repeat what an unknown option was given", async () => {
  const { exitCode, stderr } = await person.run(["secret", "delete", "NAME", "--value=it's hunter2"]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain("Unknown option '--value'");
  expect(stderr).not.toContain("hunter2");
});

test.each([["version"], ["--version"], ["-v"]])("sealrun %s prints the version", async (word) => {
  const { exitCode, stdout } = await person.run([word]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^sealrun \d+\.\d+\.\d+\n$/) });
});

test("sealrun run --help shows examples, no empty defaults, and the environment is in sealrun --help", async () => {
  const { stdout } = await person.run(["run", "--help"]);
  expect(stdout).toContain("Examples:\n  sealrun run acme/hello --wait");
  expect(stdout).not.toContain("default: {}");
  expect((await person.run(["--help"])).stdout).toMatch(/Environment:\n {2}SEALRUN_URL[^]*Guides: /);
});

test.each([
  [["execution", "list", "--limit", "800"], /--limit.*a whole number from 1 to 500/],
  [["keyring-token", "--config", "c", "--output", "o", "--url", "nonsense"], /--url: expected a URL such as https:/],
])("sealrun %j refuses the value of the option", async (args, sentence) => {
  const { exitCode, stderr } = await person.run(args);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(sentence);
});
