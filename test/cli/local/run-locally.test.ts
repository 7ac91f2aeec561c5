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

const referring = {
  "ef_env.json": JSON.stringify({
    params: { dsn: "db://{{ secret('DB', subkey='user') }}", asIs: "\\{{ x }}" },
    config: { region: "${workflow.secrets.REGION}", both: "{{ secret('REGION', 'platform') }}" },
    secrets: { DB: { user: "app" } },
    project_secrets: { REGION: "of-project" },
    platform_secrets: { REGION: "of-platform" },
  }),
};

test("sealrun local resolves references from ef_env.json, in params, config, env and input", async () => {
  const { exitCode, stdout, stderr } = await local({
    ...referring,
    "manifest.json": JSON.stringify({
      steps: [
        {
          script: "a.ts",
          env: { USER_OF_DB: "{{ secret('DB', subkey='user') }}" },
          input: '{it: (.secrets.DB.user + "!")}',
        },
        { script: "b.py", input: ["{{ envs.sealrun_step }}"] },
        { script: "c.sh", env: { USER_OF_DB: "${workflow.secrets.DB.user}" } },
      ],
    }),
    "a.ts":
      'import { context } from "@sealrun/sdk";\nconst { dsn, asIs } = context.params; const { region, both } = context.config;\nconsole.log(dsn, asIs, region, both, JSON.stringify(context.input), process.env["USER_OF_DB"]);\n',
    "b.py": "from sealrun import context\nprint(context.params['dsn'], context.config['region'], context.input)\n",
    "c.sh": 'echo "$USER_OF_DB"\n',
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe(`db://app {{ x }} of-project of-platform {"it":"app!"} app\ndb://app of-project ['b.py']\napp\n`);
});

test("sealrun local fails on a reference that names nothing, before the script starts", async () => {
  const { exitCode, stdout, stderr } = await local({
    "ef_env.json": JSON.stringify({ params: {}, config: { a: "{{ secret('NOPE') }}" }, secrets: {} }),
    "a.sh": "echo started",
  });
  expect({ exitCode, stdout }).toEqual({ exitCode: 65, stdout: "" });
  expect(stderr).toBe(
    'error: ef_env.json: config: a: character 1: there is no secret "NOPE"; tried service, project and platform (REFERENCE_UNRESOLVED)\n',
  );
});

test("sealrun local does not give references as they are to a program that the script starts", async () => {
  const { stdout } = await local({
    ...referring,
    "a.mjs":
      'import { spawnSync } from "node:child_process";\nconsole.log(String(spawnSync(process.execPath, [...process.execArgv, "./lib/b.mjs"]).stdout));\n',
    "lib/b.mjs":
      'import { context } from "@sealrun/sdk";\ntry { console.log(context.params); } catch (error) { console.log(error.code); }\n',
    "manifest.json": '{"entrypoint":"a.mjs"}',
  });
  expect(stdout).toBe("CHANNEL_BROKEN\n\n");
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
