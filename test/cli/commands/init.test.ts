import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandEnvironment } from "../../support/dev-process.ts";
import { runSealrun } from "../../support/run-command.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

const sealrun = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runSealrun(args, { cwd: person.home, env: { ...commandEnvironment(person.home), ...env } });

test("sealrun init writes a package that sealrun local runs", async () => {
  const { exitCode, stdout, stderr } = await sealrun(["init", "first"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain("next: sealrun local first\n");
  expect(await sealrun(["local", "first"])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("INFO first has a token of 13 characters\n"),
  });
});

test("sealrun init keeps secrets readable only by their owner and out of version control", async () => {
  await sealrun(["init", "private"]);
  const folder = join(person.home, "private");
  for (const file of ["secrets.json", "ef_env.json"]) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  const ignored = await readFile(join(folder, ".gitignore"), "utf8");
  expect(ignored.split("\n")).toEqual(expect.arrayContaining(["secrets.json", "ef_env.json"]));
});

test("sealrun init --python writes a package that sealrun local runs", async () => {
  await sealrun(["init", "snake", "--python"]);
  const { exitCode, stdout, stderr } = await sealrun(["local", "snake"]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain("snake has a token of 13 characters\n");
});

test("sealrun init --shell writes a shell script", async () => {
  await sealrun(["init", "shell", "--shell"]);
  expect(await readdir(join(person.home, "shell"))).toContain("main.sh");
});

test("sealrun init overwrites nothing", async () => {
  await person.write("full", { "notes.txt": "mine" });
  expect(await sealrun(["init", "full"])).toEqual({
    exitCode: 73,
    stdout: "",
    stderr: 'error: "full" has files in it; give a new or empty folder (ALREADY_EXISTS)\n',
  });
});

test("sealrun init refuses a folder whose name cannot be a package's", async () => {
  const { exitCode, stderr } = await sealrun(["init", "my package"]);
  expect(exitCode).toBe(65);
  expect(stderr).toContain("(NAME_NOT_ALLOWED)");
});
