import { secretExplanation, secretHistory, secretList } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usePlatform } from "../use-platform.ts";

let used: Awaited<ReturnType<typeof usePlatform>>;
beforeAll(async () => {
  used = await usePlatform();
});
afterAll(async () => used.close());

const run = async (args: readonly string[], stdin?: string) => used.person.run(["secret", ...args], stdin);
const platform = ["--scope", "platform"];

test.each([
  ["a second word", ["set", "NAME", "hunter2", ...platform]],
  ["--value", ["set", "NAME", "--value", "hunter2", ...platform]],
  ["--value=", ["set", "NAME", "--value=hunter2", ...platform]],
  ["NAME=value", ["set", "NAME=hunter2", ...platform]],
  ["an unknown flag", ["set", "NAME", "-phunter2", ...platform]],
  ["an option before the name", ["set", "--secret=hunter2", "NAME", ...platform]],
])("sealrun secret set refuses a value as %s and does not repeat it", async (_, args) => {
  const { exitCode, stdout, stderr } = await run(args, "");
  expect(exitCode).toBe(64);
  expect(stderr).toContain("(SECRET_ON_COMMAND_LINE)");
  expect(stderr).toContain("use standard input, --file or the prompt");
  expect(stdout + stderr).not.toContain("hunter2");
});

test("sealrun secret set does not repeat what was given in place of the name", async () => {
  const { exitCode, stderr } = await run(["set", "hunter2!", ...platform], "x");
  expect(exitCode).toBe(65);
  expect(stderr).not.toContain("hunter2");
});

test("sealrun secret set takes the value from standard input and counts versions", async () => {
  expect(await run(["set", "TOKEN", ...platform], "first-value-of-token\n")).toEqual({
    exitCode: 0,
    stdout: "set TOKEN in the platform, version 1\n",
    stderr: "",
  });
  expect((await run(["set", "TOKEN", ...platform], "other-value-of-token\n")).stdout).toContain("version 2");
});

test("sealrun secret set and import warn of what is not masked, and store it", async () => {
  const short = await run(["set", "PIN", ...platform], "x9Q");
  expect(short).toMatchObject({ exitCode: 0, stdout: "set PIN in the platform, version 1\n" });
  expect(short.stderr).toContain("PIN is too short to mask");
  const folder = await used.person.write("warned", {
    "all.json": '{"HOST":"localhost","DB":{"port":5432,"password":"kf83-kd02-pw"},"FINE":"kf83-kd02-pw"}',
  });
  const { exitCode, stdout, stderr } = await run(["import", `${folder}/all.json`, ...platform]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("HOST is a common word");
  expect(stderr).toMatch(/DB has parts .*: port$/m);
  expect(stdout + stderr + short.stderr).not.toMatch(/FINE is|x9Q|localhost|5432|kf83/);
});

test.each([
  ["nothing", [], ""],
  ["a line break", [], "\n"],
  ["white space", [], " \r\n"],
  ["an empty text in JSON", ["--value-json"], '""'],
])("sealrun secret set refuses %s as a value, and keeps the one that it has", async (_, options, stdin) => {
  await run(["set", "KEPT", ...platform], "one");
  const before = (await run(["list", "KEPT", ...platform])).stdout;
  expect(await run(["set", "KEPT", ...platform, ...options], stdin)).toEqual({
    exitCode: 65,
    stdout: "",
    stderr:
      'error: Expected a value of "KEPT", found an empty one; nothing was stored; add --allow-empty if it is meant (VALUE_EMPTY)\n',
  });
  expect((await run(["list", "KEPT", ...platform])).stdout).toBe(before);
});

test("sealrun secret set and import store an empty value with --allow-empty", async () => {
  expect((await run(["set", "NOTHING", ...platform, "--allow-empty"])).stdout).toContain("set NOTHING");
  const refused = await run(["import", "-", ...platform], "NOTHING=\nSOMETHING=x\n");
  expect(refused).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('"NOTHING" (standard input:1)') });
  expect((await run(["list", "SOMETHING", ...platform])).exitCode).toBe(4);
  expect((await run(["import", "-", "--allow-empty", ...platform], "NOTHING=\nSOMETHING=x\n")).exitCode).toBe(0);
});

test("sealrun secret import sets all names of a file, or none", async () => {
  const folder = await used.person.write("p", { ".env": "A=1\nB=2\n", "bad.json": '{"C":1,"1D":2}' });
  const place = ["--scope", "project", "--project", "acme"];
  expect((await run(["import", `${folder}/.env`, ...place])).stdout).toBe(
    "set A in project acme, version 1\nset B in project acme, version 1\n",
  );
  expect((await run(["import", `${folder}/bad.json`, ...place])).exitCode).toBe(65);
  const { stdout } = await run(["list", ...place, "--json"]);
  expect(secretList.parse(JSON.parse(stdout)).secrets.map(({ name }) => name)).toEqual(["A", "B"]);
});

test("sealrun secret list shows one name, or says that it is not there", async () => {
  await run(["set", "LISTED", ...platform], "a-plain-value");
  const { stdout } = await run(["list", "LISTED", ...platform]);
  expect(stdout).toMatch(/^NAME +VERSION +AUTHOR +UPDATED +LAST READ\nLISTED +1 +\S+ +\S+ \S+Z +-\n$/);
  expect(await run(["list", "MISSING", ...platform])).toMatchObject({
    exitCode: 4,
    stderr: 'error: There is no secret "MISSING" in the platform (SECRET_NOT_FOUND)\n',
  });
});

test("sealrun secret delete removes a secret once", async () => {
  await run(["set", "GONE", ...platform], "x");
  expect((await run(["delete", "GONE", ...platform])).stdout).toBe("removed GONE from the platform\n");
  expect((await run(["delete", "GONE", ...platform])).exitCode).toBe(4);
});

test("sealrun secret set names the project to create", async () => {
  const { stderr } = await run(["set", "A", "--scope", "project", "--project", "nobody"], "x");
  expect(stderr).toContain("create it with: sealrun project create nobody (PROJECT_NOT_FOUND)");
});

test("sealrun secret import takes SECRET_ variables, and --dry-run shows what would change and stores nothing", async () => {
  const place = ["--scope", "project", "--project", "acme"];
  await run(["set", "KNOWN", ...place], "before");
  Object.assign(used.person.environment, {
    SECRET_KNOWN: Buffer.from("canary-one").toString("base64"),
    SECRET_FRESH: Buffer.from("canary-two").toString("base64"),
  });
  const planned = await run(["import", "--from-env", "--dry-run", ...place]);
  expect(planned.stdout).toBe("new       FRESH\nreplaces  KNOWN, version 1\n");
  expect((await run(["history", "FRESH", ...place])).exitCode).toBe(4);
  const imported = await run(["import", "--from-env", ...place]);
  expect(imported.stdout).toBe("set FRESH in project acme, version 1\nset KNOWN in project acme, version 2\n");
  expect(planned.stdout + planned.stderr + imported.stdout + imported.stderr).not.toContain("canary");
  delete used.person.environment["SECRET_KNOWN"];
  delete used.person.environment["SECRET_FRESH"];
});

test("sealrun secret history shows versions, where they came from and what ended them", async () => {
  await run(["set", "AGED", ...platform], "one");
  await run(["import", "-", ...platform], "AGED=two\n");
  await run(["delete", "AGED", ...platform]);
  await run(["set", "AGED", ...platform], "three");
  const { stdout } = await run(["history", "AGED", ...platform, "--json"]);
  const { versions } = secretHistory.parse(JSON.parse(stdout));
  expect(versions.map(({ version, source, author, end }) => [version, source, author, end?.kind ?? null])).toEqual([
    [3, "set", "admin", null],
    [2, "import", "admin", "deleted"],
    [1, "set", "admin", "replaced"],
  ]);
  expect((await run(["history", "AGED", ...platform])).stdout).toMatch(/^VERSION.*\n3 +set +admin .* answers now\n2 /);
});

test("sealrun secret explain shows the scopes in order, and exits with 1 when no scope has the name", async () => {
  const folder = await used.person.write("explained", {
    "manifest.json": JSON.stringify({ secrets: ["DEEP"], steps: [{ script: "a.sh", secrets: ["OTHER"] }] }),
    "config.json": JSON.stringify({ db: { password: "{{ secret('DEEP') }}", other: "{{ secret('DEEPER') }}" } }),
    "a.sh": "true\n",
  });
  expect((await used.person.run(["push", folder, "--project", "acme"])).exitCode).toBe(0);
  const target = ["--project", "acme", "--package", "explained"];
  await run(["set", "DEEP", ...platform], "one");
  await run(["set", "DEEP", "--scope", "project", "--project", "acme"], "two");
  const found = await run(["explain", "DEEP", ...target]);
  expect(found.exitCode).toBe(0);
  const lines = found.stdout.split("\n");
  expect(lines[0]).toBe("DEEP in acme/explained");
  expect(lines[1]).toBe("  service   absent");
  expect(lines[2]).toMatch(/^ {2}project {3}version 1, answers \(set, admin, \S+ \S+Z\)$/);
  expect(lines[3]).toMatch(/^ {2}platform {2}version 1, shadowed /);
  expect(lines.slice(4)).toEqual([
    "project answers",
    "refused in step a.sh: the step's own list of secrets does not have DEEP",
    "referred to in config.json at db.password",
    "no recent run of this package asked for it",
    "",
  ]);
  const absent = await run(["explain", "NOWHERE", ...target, "--json"]);
  expect(absent.exitCode).toBe(1);
  expect(secretExplanation.parse(JSON.parse(absent.stdout)).scopes.map(({ state }) => state)).toEqual([
    "absent",
    "absent",
    "absent",
  ]);
});
