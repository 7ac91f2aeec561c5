import { afterAll, beforeAll, expect, test } from "vitest";
import { commandEnvironment } from "../../support/dev-process.ts";
import { runSealrun } from "../../support/run-command.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

async function local(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const folder = await person.write(`p${Math.random().toString(36).slice(2)}`, files);
  return runSealrun(["local", folder], { cwd: person.home, env: { ...commandEnvironment(person.home), ...env } });
}

test("sealrun local finds the SDK and modules as the platform's bundler does, from ES modules and CommonJS", async () => {
  const { exitCode, stdout, stderr } = await local({
    "ef_env.json": '{"params":{},"config":{},"secrets":{"A":"one"}}',
    "a.ts":
      'import { getSecret } from "@sealrun/sdk";\nimport { shout } from "./lib/shout";\nenum E { X = 1 }\nconsole.log(shout(String(getSecret("A"))), E.X);\n',
    "b.cjs": 'console.log(require("@sealrun/sdk").getSecret("NOPE"));\n',
    "lib/shout.ts": "export const shout = (text: string): string => text.toUpperCase();\n",
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe("ONE 1\nnull\n");
});

test("sealrun local stops at the step that fails", async () => {
  const { exitCode, stdout, stderr } = await local({ "a.sh": "echo first; exit 3", "b.sh": "echo second" });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "first\n" });
  expect(stderr).toBe("error: a.sh ended with exit code 3 (SCRIPT_FAILED)\n");
});

test("sealrun local keeps the command's own token from scripts", async () => {
  const { stdout } = await local({ "a.sh": "env | grep -c SEALRUN_" }, { SEALRUN_TOKEN: "the-token" });
  expect(stdout).toBe("1\n");
});
