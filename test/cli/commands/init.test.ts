import { readFile, stat } from "node:fs/promises";
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

test.each([
  ["typescript", [], "stderr", "INFO "],
  ["python", ["--python"], "stdout", ""],
  ["shell", ["--shell"], "stdout", ""],
] as const)(
  "sealrun init writes in %s what sealrun local runs and sealrun check accepts",
  async (name, flags, stream, level) => {
    const { exitCode, stdout, stderr } = await sealrun(["init", name, ...flags]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`next: sealrun local ${name}\n`);
    const folder = join(person.home, name);
    // As its README says, in its folder.
    const readme = await readFile(join(folder, "README.md"), "utf8");
    expect(readme).toContain("sealrun local . ");
    const run = await runSealrun(["local", "."], { cwd: folder, env: commandEnvironment(person.home) });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run[stream]).toContain(`${level}${name} has a token of 13 characters\n`);
    expect(run[stream]).toContain(`${level}on a platform the log masks it: a-local-token\n`);
    expect(await sealrun(["check", name, "--offline"])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`fine ${name}: 1 secret\n`),
    });
  },
);

test("sealrun init keeps secrets readable only by their owner and out of version control", async () => {
  await sealrun(["init", "private"]);
  const folder = join(person.home, "private");
  for (const file of ["secrets.json", "ef_env.json"]) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  const ignored = await readFile(join(folder, ".gitignore"), "utf8");
  expect(ignored.split("\n")).toEqual(expect.arrayContaining(["secrets.json", "ef_env.json"]));
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

test.each(["/sys/kernel/first/package", "/proc/foo"])(
  "sealrun init says that %s cannot be written, not that it cannot be read",
  async (folder) => {
    const { exitCode, stderr } = await sealrun(["init", folder]);
    expect(exitCode).toBe(66);
    expect(stderr).toMatch(new RegExp(`^error: "${folder}" cannot be written: you may not write there \\(E`));
  },
);
