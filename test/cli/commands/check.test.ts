import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const check = async (folder: string, ...more: readonly string[]) => used.person.run(["check", folder, ...more]);
const acme = ["--project", "acme"];
const set = async (name: string, ...place: readonly string[]) =>
  used.person.run(["secret", "set", name, ...place], "canary-on-the-platform");
const platform = ["--scope", "platform"];
const project = ["--scope", "project", "--project", "acme"];

const place = z.strictObject({
  kind: z.enum(["script", "reference", "declared", "mask"]),
  file: z.string(),
  line: z.number().nullable(),
  field: z.string().nullable(),
});
const scope = z.enum(["service", "project", "platform"]);
/** The fields that programs rely on: fields may be added, none may be removed. */
const report = z.strictObject({
  package: z.strictObject({
    name: z.string().nullable(),
    project: z.string().nullable(),
    version: z.number().nullable(),
  }),
  problems: z.array(
    z.strictObject({
      code: z.string().nullable(),
      level: z.enum(["error", "warning"]),
      severity: z.literal("refused").optional(),
      file: z.string().nullable(),
      line: z.number().nullable(),
      message: z.string(),
    }),
  ),
  secrets: z.array(
    z.strictObject({
      name: z.string(),
      neededBy: z.array(place),
      answeredBy: z
        .strictObject({
          scope,
          from: z.enum(["secrets.json", "platform"]),
          version: z.number().nullable(),
          replaces: z.number().nullable(),
        })
        .nullable(),
      shadows: z.array(z.strictObject({ scope, version: z.number() })),
    }),
  ),
});

/** The platform of this file has no executor. */
const noExecutors = "pool default has no executors, so a run waits until one is started";

test("sealrun check shows who needs and who answers each name of a package that was never pushed, and stores nothing", async () => {
  await set("FROM_PROJECT", ...project);
  await set("FROM_PROJECT", ...platform);
  await set("FROM_PLATFORM", ...platform);
  const folder = await used.person.write("fresh", {
    "main.py": 'from sealrun import get_secret\nget_secret("OWN")\nget_secret("FROM_PROJECT")\n',
    "last.sh": "sealrun-context get FROM_PLATFORM\n",
    "config.json": `{"url": "x://{{ secret('OWN') }}"}`,
    "secrets.json": '{"OWN": "canary-in-the-folder"}',
  });
  const { exitCode, stdout, stderr } = await check(folder, ...acme);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const columns = stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(columns).toEqual([
    ["NAME", "NEEDED BY", "ANSWERED BY", "SHADOWS"],
    ["FROM_PLATFORM", "last.sh:1", "the platform, version 1", "-"],
    ["FROM_PROJECT", "main.py:3", "the project, version 1", "the platform"],
    ["OWN", "main.py:2, config.json: url", "secrets.json", "-"],
    ["warning", "FROM_PROJECT is answered by the project, which shadows the platform (version 1)"],
    ["warning", noExecutors],
    ["passed fresh: 3 secrets, 2 warnings"],
    [""],
  ]);
  expect(stdout).not.toContain("canary");
  expect((await used.person.run(["package", "list", ...acme])).stdout).not.toContain("fresh");
});

test("sealrun check ends with 1 and the place of a secret that is set nowhere, unless it is optional", async () => {
  const folder = await used.person.write("lacking", { "main.ts": '\n\ngetSecret("NOWHERE");\n' });
  const { exitCode, stdout, stderr } = await check(folder, ...acme);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^NOWHERE +main\.ts:3 +nothing +-$/m);
  expect(stdout).toMatch(
    /^error +main\.ts:3 asks for NOWHERE, .* set it with: sealrun secret set NOWHERE .*\(SECRET_UNANSWERED\)$/m,
  );
  expect(stderr).toBe("error: 1 error and 1 warning found (CHECK_FAILED)\n");
  expect((await check(folder, ...acme, "--optional", "NOWHERE")).exitCode).toBe(0);
});

test("sealrun check --json keeps its form, on errors too, and never holds a value", async () => {
  await set("SHARED", ...project);
  const folder = await used.person.write("formed", {
    "main.py": '# canary-in-a-script\nget_secret("SHARED")\nget_secret("UNLISTED")\n',
    "manifest.json": '{"secrets": ["SHARED", "LEFT"], "mask": ["SHARED"], "schedule": "0 0 31 2 *"}',
    "secrets.json": '{\n  "SHARED": "canary-in-a-script",\n  "LEFT": "canary-left"\n}',
    "parameters.json": `{"fields": [{"name": "to", "type": "text", "default": "{{ secret('UNLISTED') }}"}]}`,
    ".env": "canary=1",
  });
  const { exitCode, stdout, stderr } = await check(folder, ...acme, "--json");
  const { package: checked, problems, secrets } = report.parse(JSON.parse(stdout));
  expect({ exitCode, checked }).toEqual({
    exitCode: 1,
    checked: { name: "formed", project: "acme", version: null },
  });
  expect(problems.map(({ level, code, file, line }) => [level, code, file, line])).toEqual([
    ["error", "SECRET_NOT_DECLARED", "main.py", 3],
    ["error", "MANIFEST_INVALID", "manifest.json", null],
    ["error", "SECRET_NOT_DECLARED", "parameters.json", null],
    ["error", "SECRET_UNANSWERED", "parameters.json", null],
    ["warning", null, "main.py", 1],
    ["warning", null, "main.py", 2],
    ["warning", null, "manifest.json", null],
    ["warning", null, "secrets.json", 3],
    ["warning", null, null, null],
  ]);
  expect(secrets.map(({ name, neededBy, answeredBy }) => [name, neededBy.length, answeredBy?.from])).toEqual([
    ["LEFT", 1, "secrets.json"],
    ["SHARED", 3, "secrets.json"],
    ["UNLISTED", 2, undefined],
  ]);
  expect(stderr).toContain('"code":"CHECK_FAILED"');
  expect(stderr).toContain("left out: .env\n");
  expect(stdout + stderr).not.toContain("canary");
});

test("sealrun check shows what a push would replace in a package, and what stops that push", async () => {
  const folder = await used.person.write("pushed", {
    "main.py": 'get_secret("A")',
    "secrets.json": '{"A": "first-value"}',
  });
  await used.person.run(["push", folder, ...acme]);
  const before = report.parse(JSON.parse((await check(folder, ...acme, "--json")).stdout));
  expect(before.package.version).toBe(1);
  expect(before.secrets[0]?.answeredBy).toEqual({ scope: "service", from: "secrets.json", version: null, replaces: 1 });
  expect(before.problems.map(({ message }) => message)).toEqual([noExecutors]);
  await set("A", "--scope", "service", ...acme, "--package", "pushed");
  const { exitCode, stdout } = await check(folder, ...acme);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^warning +A was changed on the platform since the last push \(version 2\); .*\(SECRET_CHANGED\)$/m,
  );
  expect((await used.person.run(["push", folder, ...acme])).stderr).toContain("(SECRET_CHANGED)");
});

test("sealrun check --offline asks no platform, and calls nothing missing", async () => {
  const folder = await used.person.write("alone", {
    "main.py": 'get_secret("A") + get_secret("B")',
    "secrets.json": '{"A": "kf83-kd02-pw"}',
  });
  const url = used.person.environment["SEALRUN_URL"] ?? "";
  used.person.environment["SEALRUN_URL"] = "http://127.0.0.1:9";
  const { exitCode, stdout } = await check(folder, "--offline");
  used.person.environment["SEALRUN_URL"] = url;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^A +main\.py:1 +secrets\.json +-\nB +main\.py:1 +not asked +-\nfine alone: 2 secrets\n$/m);
});

test("sealrun check says what fails every run, and warns of what may", async () => {
  const folder = await used.person.write("failing", {
    "a.ts": "import _ from 'lodash';\nconst y = {;\n",
    "b.ts": "import _ from 'lodash'; _;",
    "c.py": "import requests\n",
    "d.sh": "v=hello\r\n",
    "e.sh": "\ufeff#!/bin/bash\n",
  });
  const { exitCode, stdout } = await check(folder, "--offline", "--json");
  const { problems } = report.parse(JSON.parse(stdout));
  expect(exitCode).toBe(1);
  expect(problems.map(({ severity, level, file, line }) => [severity, level, file, line])).toEqual([
    ["refused", "error", "a.ts", 1],
    ["refused", "error", "a.ts", 2],
    ["refused", "error", "b.ts", 1],
    ["refused", "error", "c.py", 1],
    [undefined, "warning", "d.sh", 1],
    [undefined, "warning", "e.sh", 1],
  ]);
});

test("sealrun check names the first line that no executor can follow", async () => {
  const folder = await used.person.write("shells", {
    "a.sh": "#!/usr/local/bin/bash\n",
    "b.sh": "#!/bin/ksh\nprint hello\n",
  });
  const { exitCode, stdout } = await check(folder, "--offline");
  expect(exitCode).toBe(1);
  expect(stdout).toContain("b.sh:1: expected sh, bash or dash after #!, found ksh");
});

test("sealrun check reports a document that cannot be read, by file and line", async () => {
  const folder = await used.person.write("broken", { "main.py": "", "secrets.json": '{\n  "A": canary\n}' });
  const { exitCode, stdout, stderr } = await check(folder, ...acme, "--json");
  const { problems, secrets } = report.parse(JSON.parse(stdout));
  expect(exitCode).toBe(1);
  expect(problems.map(({ code, file, line }) => [code, file, line])).toEqual([
    ["SECRETS_FILE_INVALID", "secrets.json", 2],
  ]);
  expect(secrets).toEqual([]);
  expect(stdout + stderr).not.toContain("canary");
});

test.each([
  ["neither --project nor --offline", [], 64, "Expected either --project or --offline"],
  ["both", ["--project", "acme", "--offline"], 64, "not both (USAGE)"],
  ["a project that is not there", ["--project", "nobody"], 4, "sealrun project create nobody (PROJECT_NOT_FOUND)"],
])("sealrun check refuses %s", async (_, options, code, sentence) => {
  const folder = await used.person.write("plain", { "main.sh": "true" });
  const { exitCode, stderr } = await check(folder, ...options);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(sentence);
});

test("sealrun check says that the folder is not there as push does", async () =>
  expect(await check(`${used.person.home}/nowhere`, "--offline")).toMatchObject({
    exitCode: 66,
    stderr: expect.stringContaining("(FILE_NOT_FOUND)"),
  }));
