import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { type Database, openDatabase, postgresConfig } from "@sealrun/postgres";
import { type ErrorCode, errorCodes, startedExecution } from "@sealrun/protocol";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { plainForm, refused, send } from "../support/api.ts";
import { startSecondExecutor } from "../support/second-executor.ts";
import { type Files, openStage, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

let stage: Stage;
let database: Database;
beforeAll(async () => {
  stage = await openStage();
  const config = await readFile(join(stage.data, "platform", "config.json"), "utf8");
  const { postgres } = z.object({ postgres: postgresConfig }).parse(JSON.parse(config));
  database = await openDatabase({ config: postgres, applicationName: "test" });
  await stage.must(["project", "create", "team"]);
  await stage.push("team/good", {
    "good.ts": "console.log('good');",
    "secrets.json": { KEPT: "as it was" },
    "parameters.json": {
      fields: [
        { name: "count", type: "int", label: "Count", required: true, min: 1 },
        { name: "mode", type: "select", label: "Mode", choices: [{ title: "Fast", value: "fast" }] },
      ],
    },
  });
});
afterAll(async () => {
  await database.close();
  await stage.close();
});

/** Rows of everything that a push, an import or a run could have left behind. */
async function stored(): Promise<string> {
  const tables = [
    "projects",
    "packages",
    "versions",
    "version_files",
    "files",
    "secrets",
    "secret_versions",
    "executions",
  ];
  const counts = await database.row(
    z.object({ counts: z.string() }),
    `select concat_ws(' ', ${tables.map((table) => `(select count(*) from ${table})`).join(", ")}) as counts`,
  );
  return counts?.counts ?? "";
}

/** The command's one sentence, once nothing changed and its exit code is the one of its code. */
async function refusal(args: readonly string[], stdin?: string): Promise<string> {
  const before = await stored();
  const { exitCode, stdout, stderr } = await stage.sealrun(args, stdin === undefined ? {} : { stdin });
  expect(await stored()).toBe(before);
  expect(stdout).toBe("");
  const [, sentence = "", code = ""] = /^error: (.*) \(([A-Z_]+)\)$/.exec(stderr.trimEnd()) ?? [];
  expect(stderr.trimEnd().split("\n"), stderr).toHaveLength(1);
  const row = z.custom<ErrorCode>((text) => typeof text === "string" && Object.hasOwn(errorCodes, text)).parse(code);
  expect(exitCode).toBe(errorCodes[row].exit);
  return `${code}: ${sentence}`;
}

let pushes = 0;
async function refusedPush(files: Files, prepare?: (folder: string) => Promise<unknown>): Promise<string> {
  pushes += 1;
  const folder = await stage.write(`bad-${pushes}`, files);
  await prepare?.(folder);
  // A package that exists and one that does not: both stay what they are.
  const fresh = await refusal(["push", folder, "--project", "team", "--name", `bad-${pushes}`]);
  return fresh;
}

const script = { "main.ts": "console.log(1);" };
const deep = `{"A": ${"[".repeat(32)}1${"]".repeat(32)}}`;

describe("sealrun push", () => {
  test.each<[what: string, content: string | Uint8Array, wanted: RegExp]>([
    ["that is not JSON", '{\n  "A": 1,\n  oops\n}', /^SECRETS_FILE_INVALID: .*secrets\.json:3:3: expected/],
    ["with a duplicate key", '{"A": 1,\n "A": 2}', /^SECRETS_FILE_INVALID: .*secrets\.json:2:.*A/],
    [
      "with a duplicate key inside a value",
      '{"A": {"b": 1,\n "b": 2}}',
      /^SECRETS_FILE_INVALID: .*secrets\.json:2:2: duplicate key;/,
    ],
    ["that is not an object", '["A"]', /^SECRETS_FILE_INVALID: .*secrets\.json: expected one object/],
    ["with __proto__", '{"A": {"__proto__": 1}}', /^SECRETS_FILE_INVALID: .*secrets\.json:1:.*__proto__/],
    [
      "that is not UTF-8",
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      /^SECRETS_FILE_INVALID: .*secrets\.json:1: expected UTF-8/,
    ],
    ["with a lone surrogate", '{"A": "\\ud800"}', /^SECRETS_FILE_INVALID: .*secrets\.json:1:.*surrogate/i],
    ["with a name that is not allowed", '{"A B": 1}', /^NAME_NOT_ALLOWED: .*secrets\.json:1:.*A B/],
    [
      "with a value too large",
      JSON.stringify({ BIG: "x".repeat(1_048_577) }),
      /^VALUE_TOO_LARGE: .*secrets\.json:1:.*BIG.*1 MiB/,
    ],
    ["deeper than 32", deep, /^SECRETS_FILE_INVALID: .*secrets\.json:1:.*32/],
    ["with a number that JSON cannot keep", '{"A": 12345678901234567890}', /^SECRETS_FILE_INVALID: .*secrets\.json:1:/],
  ])("sealrun push refuses a secrets.json %s, names the place and stores nothing", async (_what, content, wanted) => {
    expect(await refusedPush({ ...script, "secrets.json": content })).toMatch(wanted);
  });

  test("sealrun push accepts a secrets.json with a byte order mark", async () => {
    await stage.push("team/marked", { ...script, "secrets.json": '\uFEFF{"MARKED": "value"}' });
    const place = ["--scope", "service", "--project", "team", "--package", "marked"];
    expect(await stage.must(["secret", "list", ...place])).toContain("MARKED");
  });

  test.each<[what: string, files: Files, wanted: RegExp]>([
    ["that is empty", {}, /^PACKAGE_INVALID: .*empty/],
    ["without a script", { "notes.txt": "no script" }, /^PACKAGE_INVALID: .*script/],
    ["with a script of an unknown type", { ...script, "old.rb": "puts 1" }, /^PACKAGE_INVALID: .*old\.rb/],
    [
      "with two names that differ by case",
      { ...script, "a/Data.txt": "1", "a/data.txt": "2" },
      /^PACKAGE_INVALID: .*(Data|data)\.txt.*collides/,
    ],
    [
      "with a secrets.json in a subfolder",
      { ...script, "sub/secrets.json": { HIDDEN: "x" } },
      /^PACKAGE_INVALID: .*sub\/secrets\.json/,
    ],
    [
      "with a manifest that has a wrong field",
      { ...script, "manifest.json": { priority: 11 } },
      /^MANIFEST_INVALID: .*manifest\.json.*priority.*1 to 10/,
    ],
    [
      "with a manifest that names no script of its own",
      { ...script, "manifest.json": { entrypoint: "mian.ts" } },
      /^MANIFEST_INVALID: .*entrypoint.*main\.ts/,
    ],
    [
      "with a manifest that has an unknown field",
      { ...script, "manifest.json": { entry_point: "main.ts" } },
      /^MANIFEST_INVALID: .*entry_point/,
    ],
  ])("sealrun push refuses a package %s, names the place and stores nothing", async (_what, files, wanted) => {
    expect(await refusedPush(files)).toMatch(wanted);
  });

  test("sealrun push refuses a link and a device", async () => {
    expect(await refusedPush(script, async (folder) => symlink("/etc/passwd", join(folder, "users.txt")))).toMatch(
      /^PACKAGE_INVALID: .*users\.txt.*link/,
    );
    const pipe = async (folder: string) => execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await refusedPush(script, pipe)).toMatch(/^PACKAGE_INVALID: .*pipe.*device, socket or pipe/);
  });

  test("sealrun push refuses too many files and files too large", async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, number) => [`data/${number}.txt`, ""]));
    expect(await refusedPush({ ...script, ...many })).toMatch(/^PACKAGE_INVALID: .*5000 files.*5001/);
    expect(await refusedPush({ ...script, "large.bin": Buffer.alloc(64 * 1_048_576) })).toMatch(
      /^PACKAGE_INVALID: .*64 MiB/,
    );
  });

  test("sealrun push refuses a folder that is not there, and a project that is not", async () => {
    expect(await refusal(["push", join(stage.folder, "nowhere"), "--project", "team"])).toMatch(
      /^FILE_NOT_FOUND: .*nowhere/,
    );
    const folder = await stage.write("lost", script);
    expect(await refusal(["push", folder, "--project", "nobody"])).toMatch(
      /^PROJECT_NOT_FOUND: .*sealrun project create nobody/,
    );
  });
});

describe("POST /api/v1/projects/:project/packages/:package/versions", () => {
  test.each(["../out.py", "/etc/out.py", "a/../../out.py", "a\\..\\out.py"])(
    "POST /api/v1/projects/:project/packages/:package/versions refuses the path %s and stores nothing",
    async (path) => {
      await send(stage, "PUT", "/projects/team/packages/paths");
      const before = await stored();
      const body = plainForm({ "main.py": "print(1)", [path]: "print(2)" });
      const answer = await refused(send(stage, "POST", "/projects/team/packages/paths/versions", { body }));
      expect(answer).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
      expect(await stored()).toBe(before);
    },
  );
});

describe("sealrun run", () => {
  test.each<[what: string, args: readonly string[], wanted: RegExp]>([
    ["an unknown package", ["team/nothing"], /^PACKAGE_NOT_FOUND: .*nothing/],
    ["an unknown project", ["nobody/good"], /^PROJECT_NOT_FOUND: .*nobody/],
    [
      "an unknown parameter",
      ["team/good", "-p", "count=1", "-p", "cuont=2"],
      /^PARAMETER_INVALID: .*cuont.*did you mean .*count/,
    ],
    ["a parameter of another type", ["team/good", "-p", "count=many"], /^PARAMETER_INVALID: .*count.*whole number/],
    ["a parameter that is too small", ["team/good", "-p", "count=0"], /^PARAMETER_INVALID: .*count.*1/],
    [
      "a parameter that is no choice",
      ["team/good", "-p", "count=1", "-p", "mode=slow"],
      /^PARAMETER_INVALID: .*mode.*fast/,
    ],
    ["a missing parameter", ["team/good"], /^PARAMETER_INVALID: .*count.*required/],
  ])("sealrun run refuses %s and starts nothing", async (_what, args, wanted) => {
    expect(await refusal(["run", ...args])).toMatch(wanted);
  });

  test("sealrun run names the interpreter that its executor lacks", async () => {
    const bare = await startSecondExecutor(stage, "bare", { python: null });
    await stage.push("team/bare", { "main.py": "print(1)", "manifest.json": { pool: "bare" } });
    const { id } = startedExecution.parse(JSON.parse(await stage.must(["run", "team/bare", "--json"])));
    const { attempts, error } = await until(async () => {
      const shown = await stage.show(id);
      return shown.waiting?.includes("(INTERPRETER_MISSING)") === true ? shown : undefined;
    });
    await bare.stop();
    expect(error).toBeNull();
    expect(attempts[0]).toMatchObject({
      end: "released",
      reason: { code: "INTERPRETER_MISSING", message: expect.stringContaining("main.py needs Python 3") },
    });
    // Another executor of the pool has one.
    const able = await startSecondExecutor(stage, "bare");
    const { status } = await until(async () => {
      const shown = await stage.show(id);
      return shown.status === "succeeded" ? shown : undefined;
    });
    await able.stop();
    expect(status).toBe("succeeded");
  });
});

describe("sealrun secret", () => {
  test("sealrun secret set refuses a value on the command line and does not repeat it", async () => {
    const place = ["--scope", "platform"];
    for (const args of [["NAME", "hunter-2-value"], ["NAME", "--value", "hunter-2-value"], ["NAME=hunter-2-value"]]) {
      const sentence = await refusal(["secret", "set", ...args, ...place]);
      expect(sentence).toMatch(/^SECRET_ON_COMMAND_LINE: .*standard input/);
      expect(sentence).not.toContain("hunter");
    }
  });

  test("sealrun secret import stores all of a file or nothing", async () => {
    const folder = await stage.write("imports", {
      "bad.json": '{"GOOD": 1, "not good": 2}',
      "bad.env": "GOOD=1\nnot good=2\n",
    });
    const place = ["--scope", "project", "--project", "team"];
    expect(await refusal(["secret", "import", join(folder, "bad.json"), ...place])).toMatch(
      /^NAME_NOT_ALLOWED: .*bad\.json:1/,
    );
    expect(await refusal(["secret", "import", join(folder, "bad.env"), ...place])).toMatch(/: .*bad\.env:2/);
  });
});
