import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandEnvironment } from "../../support/dev-process.ts";
import { runSealrun } from "../../support/run-command.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});
afterAll(async () => person.leave());

async function local(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
) {
  const folder = await person.write(`p${Math.random().toString(36).slice(2)}`, files);
  const all = { ...commandEnvironment(person.home), ...env };
  return runSealrun(["local", folder, ...options], { cwd: person.home, env: all });
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
  const { stdout } = await local({ "a.sh": "env" }, { SEALRUN_TOKEN: "the-token", SEALRUN_URL: "http://127.0.0.1:1" });
  expect(stdout).toContain("SEALRUN_ENV=local\n");
  expect(stdout).not.toMatch(/the-token|SEALRUN_URL/);
});

const parameters = JSON.stringify({
  fields: [
    { name: "days", type: "int", default: 7 },
    { name: "mode", type: "select", required: true, choices: ["a", "b"].map((value) => ({ title: value, value })) },
  ],
});
const withParameters = {
  "parameters.json": parameters,
  "ef_env.json": '{"params":{"package_name":"p","package_id":"local"},"config":{"B":2},"secrets":{}}',
  "config.json": '{"A":1,"B":1}',
  "a.py":
    "from sealrun import context as c\nprint(c.params['days'], c.params['mode'], c.package.name, c.config['A'], c.config['B'])\n",
  "b.ts":
    'import { getParam } from "@sealrun/sdk";\nconsole.log(getParam("days"), getParam("mode"), getParam("package_name"));\n',
  "c.sh":
    'cd / && echo "$(sealrun-context param days) $(sealrun-context param mode) $(sealrun-context param package_name)"\n',
};

test("sealrun local gives each language the defaults of parameters.json, and -p in the types of its fields", async () => {
  const { exitCode, stdout, stderr } = await local(withParameters, {}, ["-p", "mode=b"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe("7 b p 1 2\n7 b p\n7 b p\n");
});

test.each([
  [[], 'Parameter "mode": expected a value, it is required'],
  [["-p", "mode=c"], 'Parameter "mode": expected one of "a", "b"'],
  [["-p", "mode=a", "-p", "days=x"], 'Parameter "days": expected a whole number'],
  [
    ["-p", "mode=a", "-p", "dayz=1"],
    'Parameter "dayz": not a parameter of this package; did you mean "days"? known are "days", "mode"',
  ],
])("sealrun local refuses %j as a start on a platform does, before a script runs", async (options, sentence) => {
  expect(await local(withParameters, {}, options)).toEqual({
    exitCode: 65,
    stdout: "",
    stderr: `error: ${sentence} (PARAMETER_INVALID)\n`,
  });
});

test("sealrun local tries a step again and ends it as the manifest says", async () => {
  const steps = [
    { script: "a.sh", retry: { attempts: 3, delay: "100ms" } },
    { script: "b.sh", timeout: "4.5s" },
  ];
  const { exitCode, stdout, stderr } = await local({
    "manifest.json": JSON.stringify({ steps }),
    "a.sh": 'echo try >> tries; [ "$(wc -l < tries)" -ge 3 ] || exit 7; echo done\n',
    "b.sh": "sleep 600 & echo $!; wait; echo never\n",
  });
  expect(exitCode).toBe(1);
  const [done, sleeper, ...more] = stdout.trim().split("\n");
  expect([done, more]).toEqual(["done", []]);
  // Empty also for a process that has ended and that nobody has waited for.
  expect(await readFile(`/proc/${Number(sleeper)}/cmdline`, "utf8").catch(() => "")).toBe("");
  expect(stderr.split("\n")).toEqual([
    "a.sh ended with exit code 7; try 2 of 3 in 0.1 s",
    "a.sh ended with exit code 7; try 3 of 3 in 0.1 s",
    "error: b.sh ran longer than its timeout of 4.5 s and was ended; raise the step's timeout in manifest.json if it needs longer (SCRIPT_TIMED_OUT)",
    "",
  ]);
});

test("sealrun local answers all that a shell script asks of sealrun-context from ef_env.json", async () => {
  const { exitCode, stdout, stderr } = await local({
    "ef_env.json": JSON.stringify({
      params: { package_name: "p", n: 5 },
      config: {},
      secrets: { A: "a\n", J: { a: 1 }, N: null },
      platform_secrets: { B: "of-platform" },
    }),
    "manifest.json": JSON.stringify({ steps: [{ script: "a.sh", input: { x: "{{ secret('B') }}" } }] }),
    "a.sh": [
      'printf "%s|" "$(sealrun-context get A; echo .)" "$(sealrun-context get J)" "$(sealrun-context get N)" "$(sealrun-context get B)"',
      'sealrun-context get NOPE || echo "exit $?"',
      'echo "$(sealrun-context param n) $(sealrun-context input)"',
      "echo kept | sealrun-context set COPY --scope project && sealrun-context get COPY && echo",
      'echo kept | sealrun-context set COPY --scope service || echo "exit $?"',
      "echo '[1]' | sealrun-context state put k --value-json && sealrun-context state get && echo",
      "sealrun-context log warning careful; echo 7 | sealrun-context result --value-json",
      "printf '{\"page\":2}' | sealrun-context event send a.b --data; echo",
      "sealrun-context schedule --minutes 5",
    ].join("\n"),
  });
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toBe(
    'a\n.|{"a":1}|null|of-platform|exit 1\n5 {"x":"of-platform"}\nkept\nexit 70\n{"k":[1]}\nlocal\nOK',
  );
  expect(stderr.split("\n")).toEqual([
    "sealrun-context: SCOPE_NOT_WRITABLE: A script may set secrets in the scopes project and platform only",
    "WARNING careful",
    "RESULT 7",
    "EVENT a.b (page); nothing is sent in local mode",
    "SCHEDULE in 300 s; nothing is scheduled in local mode",
    "",
  ]);
});

test("sealrun local says how to install a library that a script imports, instead of a stack", async () => {
  const lock = '{"name":"p","lockfileVersion":3,"packages":{"":{},"node_modules/no-such-library":{"version":"1.0.0"}}}';
  const locked = await local({ "a.ts": 'import x from "no-such-library/deep";\n', "package-lock.json": lock });
  expect(locked.stderr).toBe(
    "a.ts imports no-such-library, which is not installed; in the package's folder run: npm ci\nerror: a.ts ended with exit code 1 (SCRIPT_FAILED)\n",
  );
  const unlocked = await local({ "a.cjs": 'require("./lib/b.cjs");', "lib/b.cjs": 'require("@no-such/library");' });
  expect(unlocked.stderr).toContain("lib/b.cjs imports @no-such/library, which is not installed; ");
  expect(unlocked.stderr).toContain("run: npm install @no-such/library\n");
  const python = await local({
    "a.py": "import lib.b\n",
    "lib/b.py": "\nimport no_such.deep\n",
    "requirements.txt": "",
  });
  expect(python.stderr).toMatch(
    /^lib\/b\.py:2 imports no_such, which is not installed; in the package's folder run: \S+ -m pip install -r requirements\.txt\nerror: a\.py ended/,
  );
});

test("sealrun local leaves a missing library that the script expects to the script", async () => {
  const { stdout, stderr } = await local({
    "a.mjs":
      'await import("no-such-library").catch((error) => console.log(error.code));\nsetTimeout(() => { throw new TypeError("later"); });\n',
  });
  expect(stdout).toBe("ERR_MODULE_NOT_FOUND\n");
  expect(stderr).toContain("TypeError: later\n    at ");
});

test("sealrun local runs each script with the interpreter and the flags of its first line, as a run does", async () => {
  const { exitCode, stdout, stderr } = await local({
    "a.sh": '#!/usr/bin/env -S bash -euo pipefail\nlist=(1 2); echo "${list[1]}" "$(shopt -po pipefail)"\n',
    "b.sh": '#!/opt/nowhere/bash -e\necho "${BASH_VERSION:+bash}"\n',
    "c.sh": 'echo "plain${BASH_VERSION}"\n',
    "d.py": "#!/usr/bin/env -S python3 -O\nprint(__debug__)\n",
    "e.mjs": "#!/usr/bin/env -S node --stack-trace-limit=3\nconsole.log(Error.stackTraceLimit);\n",
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe("2 set -o pipefail\nbash\nplain\nFalse\n3\n");
});

test("sealrun local gives Node scripts the payload at its index as a run does, and nothing to what they start", async () => {
  const { exitCode, stdout, stderr } = await local({
    "ef_env.json": '{"params":{"package_name":"p","n":5},"secrets":{"A":"one"}}',
    "a.cjs": [
      "const { n, secrets } = JSON.parse(process.argv[2]);",
      "console.log(n, secrets.A, process.argv.slice(2).length, process.argv.length);",
      'const { parseArgs } = require("node:util"); console.log(Object.keys(parseArgs({ options: {} }).values).length);',
      'const { spawnSync } = require("node:child_process");',
      'console.log(String(spawnSync(process.execPath, [...process.execArgv, "lib/b.cjs"]).stdout).trim());',
    ].join("\n"),
    "lib/b.cjs": "console.log(process.argv.length, process.argv[2]);\n",
    "c.ts": "type A = 1;\n\nconst a: A | undefined = JSON.parse(process.argv[2] ?? '').n;\nconsole.log(a);\n",
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toBe("5 one 0 3\n0\n2 undefined\n5\n");
});

test("sealrun local names the line of the source in a stack, whichever kind of module it is", async () => {
  const { stderr } = await local({ "a.ts": 'type A = 1;\n\nvoid Promise.reject(new Error("nobody"));\n' });
  expect(stderr).toMatch(/Error: nobody\n {4}at \S+ \(\S*\/a\.ts:3:21\)/);
});

test("sealrun local does not advise to install a name that may be a path of tsconfig.json", async () => {
  const { exitCode, stderr } = await local({
    "a.ts": 'import { shout } from "@lib/shout";\nconsole.log(shout);\n',
    "lib/shout.ts": "export const shout = 1;\n",
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }\n',
  });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    "a.ts imports @lib/shout, which is not installed; sealrun local does not follow the paths of tsconfig.json, a run does: for a file of the package import its relative path\nerror: a.ts ended with exit code 1 (SCRIPT_FAILED)\n",
  );
});
