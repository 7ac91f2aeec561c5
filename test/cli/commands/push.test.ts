import { pushAnswer } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const files = { "main.sh": "echo hello", "secrets.json": '{"DB_PASS":"a-plain-value"}' };
const push = async (folder: string, ...more: readonly string[]) =>
  used.person.run(["push", folder, "--project", "acme", ...more]);

/** The platform of this file has no executor. */
const noExecutors = "warning: pool default has no executors, so a run waits until one is started\n";

test("sealrun push says what it pushed and what to do next", async () => {
  const { exitCode, stdout, stderr } = await push(await used.person.write("report", files));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: noExecutors });
  expect(stdout).toBe(
    [
      "pushed acme/report version 1",
      "  files    1",
      "  runs     main.sh",
      "  secrets  1 sealed on this machine",
      "next: sealrun run acme/report --wait",
      "",
    ].join("\n"),
  );
});

test("sealrun push refuses an integer that would be rounded in each document, with file, line and field", async () => {
  const id = '{"id":\n1152921504606846976}';
  const input = '{"steps": [{"script": "main.sh", "input": {"id": 1152921504606846976}}]}';
  for (const [file, text, place] of [
    ["secrets.json", id, "secrets.json:2:1: id"],
    ["config.json", id, "config.json:2:1: id"],
    ["manifest.json", input, "manifest.json:1:50: steps[0].input.id"],
  ] as const) {
    const { exitCode, stderr } = await push(
      await used.person.write(`number-${file}`, { "main.sh": "true", [file]: text }),
    );
    expect(exitCode).toBe(65);
    expect(stderr).toContain(`${place}: expected an integer that keeps its value`);
  }
});

test("sealrun push --json prints only the platform's answer", async () => {
  const { stdout } = await push(await used.person.write("json", files), "--json");
  const answer = pushAnswer.parse(JSON.parse(stdout));
  expect(answer.secrets.stored).toEqual(["DB_PASS"]);
  expect(answer.sealedAtBoundary).toBe(false);
});

test("sealrun push prints the command that creates an unknown project", async () => {
  const folder = await used.person.write("report", files);
  expect(await used.person.run(["push", folder, "--project", "nobody"])).toEqual({
    exitCode: 4,
    stdout: "",
    stderr: "error: There is no project nobody; create it with: sealrun project create nobody (PROJECT_NOT_FOUND)\n",
  });
});

test("sealrun push refuses to replace what was set on the platform, unless told to", async () => {
  const { person } = used;
  const folder = await person.write("changed", files);
  await push(folder);
  const place = ["--scope", "service", "--project", "acme", "--package", "changed"];
  await person.run(["secret", "set", "DB_PASS", ...place], "newer\n");
  const refused = await push(folder);
  expect(refused).toMatchObject({ exitCode: 75, stderr: expect.stringContaining("(SECRET_CHANGED)") });
  expect(await push(folder, "--overwrite")).toMatchObject({ exitCode: 0 });
});

test("sealrun push stores nothing of a package with a broken document", async () => {
  const folder = await used.person.write("broken", { ...files, "manifest.json": "{" });
  expect(await push(folder)).toMatchObject({ exitCode: 65, stderr: expect.stringContaining("(MANIFEST_INVALID)") });
  expect(await used.person.run(["package", "show", "acme/broken"])).toMatchObject({ exitCode: 4 });
});

test("sealrun push shows what it left out and where a script holds a value", async () => {
  const more = { "main.sh": "echo a-plain-value", "ef_env.json": "{}" };
  const { exitCode, stderr } = await push(await used.person.write("careless", { ...files, ...more }));
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    "left out: ef_env.json\nwarning: main.sh:1 holds the value of DB_PASS in plain text; let the script ask for it instead\n" +
      noExecutors,
  );
});

test("sealrun push refuses what would fail every run, and pushes it with --force", async () => {
  const folder = await used.person.write("failing", { "a.ts": "import _ from 'lodash';\nconst y = {;\n" });
  const { exitCode, stdout, stderr } = await push(folder);
  expect({ exitCode, stdout }).toEqual({ exitCode: 65, stdout: "" });
  expect(stderr).toBe(
    "refused: a.ts:2:12: does not parse: Unexpected token\n" +
      'refused: a.ts:1:15: imports "lodash", which needs package.json and package-lock.json; run npm install lodash, and push both files too\n' +
      "error: Nothing was pushed: every run would fail; mend what is refused above, or push it with --force (PACKAGE_INVALID)\n",
  );
  expect(await used.person.run(["package", "show", "acme/failing"])).toMatchObject({ exitCode: 4 });
  const forced = await push(folder, "--force");
  expect(forced.stdout).toContain("pushed acme/failing version 1");
  expect(forced.stderr).toContain("warning: a.ts:2:12: does not parse");
});

test.each([
  [{ "a.ts": "import _ from 'lodash'; _;" }, 'a.ts:1:15: imports "lodash", which needs package.json'],
  [{ "a.py": "import requests\n" }, "a.py:1: imports requests, which needs a requirements.txt"],
  [{ "a.py": "", "requirements.txt": "requests\n" }, "Runs will fail: requirements.txt:1: expected NAME==VERSION"],
  [
    { "a.mjs": "", "package.json": '{"dependencies":{"pg":"1"}}' },
    "Runs will fail: package.json has no package-lock.json",
  ],
])("sealrun push refuses %j", async (given, sentence) => {
  const { exitCode, stderr } = await push(await used.person.write(`lacking-${sentence.length}`, given));
  expect(exitCode).toBe(65);
  expect(stderr).toContain(`refused: ${sentence}`);
});

test("sealrun push warns of an install script, which does not run", async () => {
  const better = { version: "11.8.1", integrity: `sha512-${"A".repeat(86)}==`, hasInstallScript: true };
  const lock = { lockfileVersion: 3, packages: { "": {}, "node_modules/better-sqlite3": better } };
  const folder = await used.person.write("native", {
    "a.mjs": "import D from 'better-sqlite3';\nnew D(':memory:');\n",
    "package.json": '{"dependencies":{"better-sqlite3":"11.8.1"}}',
    "package-lock.json": JSON.stringify(lock),
  });
  const { exitCode, stderr } = await push(folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('warning: package-lock.json: "better-sqlite3" has an install script, which does not run');
});

test("sealrun push refuses a script of another shell even with --force: no executor would run it", async () => {
  const folder = await used.person.write("ksh", { "b.sh": "#!/bin/ksh\nprint hello\n" });
  const { exitCode, stderr } = await push(folder, "--force");
  expect(exitCode).toBe(65);
  expect(stderr).toContain("b.sh:1: expected sh, bash or dash after #!, found ksh");
});
