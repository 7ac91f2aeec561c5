import { afterAll, beforeAll, expect, test } from "vitest";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

test.each(["bash", "zsh", "fish"])("sealrun completion %s prints a script", async (shell) => {
  const { exitCode, stdout } = await person.run(["completion", shell]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("sealrun secret delete") });
});

test("sealrun completion names the shells that it knows", async () => {
  const { exitCode, stderr } = await person.run(["completion", "tcsh"]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 64,
    stderr: expect.stringMatching(/expected bash, zsh or fish, found "tcsh".*\(USAGE\)\n$/),
  });
});
