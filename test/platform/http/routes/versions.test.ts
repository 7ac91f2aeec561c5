import {
  packageInfo,
  type PackageInfo,
  pushAnswer,
  rolledBack,
  scheduleList,
  secretList,
  versionInfo,
  versionList,
} from "@sealrun/protocol";
import { openDatabase, type Database } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, keyOf, makePackage, plainForm, refused, sealAll, sealedForm, send } from "../../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

const logged: string[] = [];
let platform: TestPlatform;
let database: Database;
beforeAll(async () => {
  platform = await startPlatform((line) => logged.push(line));
  database = await openDatabase({ config: platform.config.postgres, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await platform.close();
});

const script = "print('hello')\n";
const at = (name: string): string => `/projects/acme/packages/${name}`;
const post = (name: string, body: FormData) => send(platform, "POST", `${at(name)}/versions`, { body });
const counts = async () =>
  database.row(
    z.record(z.string(), z.string()),
    `select (select count(*) from files)::text as files, (select count(*) from versions)::text as versions,
     (select count(*) from version_files)::text as listed, (select count(*) from secrets)::text as secrets,
     (select count(*) from secret_versions)::text as sealed, (select count(*) from packages where current_version > 0)::text as packages,
     (select count(*) from audit where action = 'package.push')::text as pushes`,
  );

describe("POST …/versions, sealed by the client", () => {
  let made: PackageInfo;
  const files = {
    "main.py": script,
    "data/größe 😀.txt": "grün",
    "manifest.json": '{"description": "A report", "tags": ["x"]}',
    "config.json": '{"a": "\\u0000"}',
  };
  beforeAll(async () => {
    made = await makePackage(platform, "acme", "sealed");
  });

  test("POST …/versions stores files, documents, steps and secrets", async () => {
    const secrets = sealAll(platform, made.key, { DB_PASS: "s3cret", EMPTY: "" });
    const pushed = await ask(platform, pushAnswer, [
      "POST",
      `${at("sealed")}/versions`,
      { body: sealedForm(files, secrets) },
    ]);
    expect(pushed).toMatchObject({
      package: { id: made.id, name: "sealed" },
      version: { number: 1, steps: ["main.py"], manifest: { description: "A report", tags: ["x"] }, parameters: null },
      secrets: { stored: ["DB_PASS", "EMPTY"], kept: [] },
      sealedAtBoundary: false,
    });
    expect(pushed.version.files.map(({ path }) => path)).toEqual(Object.keys(files));
    expect(await ask(platform, versionInfo, ["GET", `${at("sealed")}/versions/1`])).toEqual(pushed.version);
    expect((await ask(platform, packageInfo, ["GET", at("sealed")])).version).toEqual(pushed.version);
  });

  test("POST …/versions makes a second version of the same files with the same digest", async () => {
    const before = await counts();
    const pushed = await ask(platform, pushAnswer, ["POST", `${at("sealed")}/versions`, { body: sealedForm(files) }]);
    expect(pushed.version.number).toBe(2);
    expect(pushed.secrets).toEqual({ stored: [], kept: ["DB_PASS", "EMPTY"] });
    expect((await counts())?.["files"]).toBe(before?.["files"]);
    const { versions } = await ask(platform, versionList, ["GET", `${at("sealed")}/versions`]);
    expect(versions.map(({ number }) => number)).toEqual([2, 1]);
    expect(versions[0]?.digest).toBe(versions[1]?.digest);
  });

  test("GET …/files/* downloads a file as plain text that no browser guesses at", async () => {
    const answer = await send(
      platform,
      "GET",
      `${at("sealed")}/versions/1/files/data/${encodeURIComponent("größe 😀.txt")}`,
    );
    expect(await answer.text()).toBe("grün");
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  test.each(["secrets.json", "../main.py", "nothing.py", ""])("GET …/files/* has no file %j", async (path) => {
    const answer = refused(send(platform, "GET", `${at("sealed")}/versions/1/files/${encodeURIComponent(path)}`));
    expect(await answer).toMatchObject({ status: 404 });
  });

  test("POST …/versions asks for overwrite when a name was set since the last push, and names it", async () => {
    const key = await keyOf(platform, `${at("sealed")}/secrets`);
    await send(platform, "PUT", `${at("sealed")}/secrets`, {
      json: { secrets: sealAll(platform, key, { DB_PASS: "new" }) },
    });
    const again = sealAll(platform, key, { DB_PASS: "old", EMPTY: "x" });
    const before = await counts();
    const answer = await refused(post("sealed", sealedForm(files, again)));
    expect(answer).toMatchObject({ status: 409, code: "SECRET_CHANGED" });
    expect(answer.message).toContain('"DB_PASS"');
    expect(answer.message).not.toContain("EMPTY");
    expect(await counts()).toEqual(before);
    expect((await post("sealed", sealedForm(files, again, { overwrite: true }))).status).toBe(201);
    const { secrets } = await ask(platform, secretList, ["GET", `${at("sealed")}/secrets`]);
    expect(secrets.map(({ name, version }) => [name, version])).toEqual([
      ["DB_PASS", 3],
      ["EMPTY", 2],
    ]);
    expect((await post("sealed", sealedForm(files, again))).status).toBe(201);
  });

  test("POST …/versions refuses a value sealed with another package's key", async () => {
    const other = await makePackage(platform, "acme", "other");
    const before = await counts();
    const answer = refused(post("sealed", sealedForm(files, sealAll(platform, other.key, { A: 1 }))));
    expect(await answer).toMatchObject({ status: 409, code: "KEY_CHANGED" });
    expect(await counts()).toEqual(before);
  });

  test.each([
    ["a file that was not announced", (form: FormData) => form.append("file", new Blob(["x"]), "extra.py")],
    [
      "other bytes than announced",
      (form: FormData) => {
        form.delete("file");
        for (const [path, text] of Object.entries(files)) form.append("file", new Blob([`${text} `]), path);
      },
    ],
    ["a missing file", (form: FormData) => form.delete("file")],
    ["a plain secrets.json", (form: FormData) => form.append("file", new Blob(['{"A": "s3cret"}']), "secrets.json")],
  ])("POST …/versions refuses %s and stores nothing", async (_what, change) => {
    const before = await counts();
    const form = sealedForm(files);
    change(form);
    expect(await refused(post("sealed", form))).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
    expect(await counts()).toEqual(before);
  });
});

describe("POST …/versions, plain", () => {
  test("POST …/versions seals a plain secrets.json at the boundary, and the audit says so", async () => {
    await makePackage(platform, "acme", "plain");
    const form = plainForm({ "b.py": script, "secrets.json": '{"DB_PASS": "canary-7f3a"}', "a.sh": "echo hi" });
    const pushed = await ask(platform, pushAnswer, ["POST", `${at("plain")}/versions`, { body: form }]);
    expect(pushed).toMatchObject({
      sealedAtBoundary: true,
      secrets: { stored: ["DB_PASS"] },
      version: { steps: ["b.py", "a.sh"] },
    });
    expect(pushed.version.files.map(({ path }) => path)).toEqual(["b.py", "a.sh"]);
    const audit = await database.row(
      z.object({ detail: z.json() }),
      "select detail from audit where action = 'package.push' order by seq desc",
    );
    expect(audit?.detail).toMatchObject({ sealedAtBoundary: true, secrets: ["DB_PASS"] });
    expect(await dump()).not.toContain("canary-7f3a");
    expect(await dump()).toContain("DB_PASS");
  });

  test.each([
    ["broken JSON", { "secrets.json": '{"A": hunter2}' }, "SECRETS_FILE_INVALID", "secrets.json:1:7"],
    ["a duplicate key", { "secrets.json": '{"A": 1,\n"A": "hunter2"}' }, "SECRETS_FILE_INVALID", "secrets.json:2"],
    [
      "a nested duplicate key",
      { "secrets.json": '{"A": {"hunter2": 1, "hunter2": 2}}' },
      "SECRETS_FILE_INVALID",
      "1:22",
    ],
    ["a list", { "secrets.json": '["hunter2"]' }, "SECRETS_FILE_INVALID", "one object"],
    ["__proto__", { "secrets.json": '{"__proto__": "hunter2"}' }, "SECRETS_FILE_INVALID", "__proto__"],
    ["a lone surrogate", { "secrets.json": '{"A": "hunter2\\ud800"}' }, "SECRETS_FILE_INVALID", "secrets.json:1"],
    ["a name that is not allowed", { "secrets.json": '{"A B": "hunter2"}' }, "NAME_NOT_ALLOWED", '"A B"'],
    ["a large value", { "secrets.json": `{"A": "hunter2${"x".repeat(1_048_576)}"}` }, "VALUE_TOO_LARGE", '"A"'],
    ["too deep a value", { "secrets.json": `{"A": ${"[".repeat(40)}${"]".repeat(40)}}` }, "SECRETS_FILE_INVALID", "32"],
    [
      "a number JSON cannot keep",
      { "secrets.json": '{"A": 12345678901234567890}' },
      "SECRETS_FILE_INVALID",
      "secrets.json:1",
    ],
    [
      "too large a secrets.json",
      { "secrets.json": `{"A": "${"x".repeat(4_200_000)}"}` },
      "SECRETS_FILE_INVALID",
      "4 MiB",
    ],
    ["a secrets.json in a folder", { "sub/secrets.json": '{"A": "hunter2"}' }, "PACKAGE_INVALID", "sub/secrets.json"],
    ["SECRETS.JSON", { "SECRETS.JSON": '{"A": "hunter2"}' }, "PACKAGE_INVALID", "SECRETS.JSON"],
    ["a .env", { "sub/.env": "A=hunter2" }, "PACKAGE_INVALID", "sub/.env"],
    ["an .npmrc", { ".npmrc": "//x/:_authToken=hunter2" }, "PACKAGE_INVALID", "store its values as secrets"],
    ["a path with ..", { "../evil.py": script }, "PACKAGE_INVALID", "../evil.py"],
    ["an absolute path", { "/etc/evil.py": script }, "PACKAGE_INVALID", "/etc/evil.py"],
    ["a backslash", { "a\\b.py": script }, "PACKAGE_INVALID", "\\"],
    ["a collision of case", { "Main.py": script }, "PACKAGE_INVALID", "Main.py"],
    ["an unknown script type", { "run.rb": "puts 1" }, "PACKAGE_INVALID", "run.rb"],
    ["a broken manifest", { "manifest.json": '{"steps": [{"script": 5}]}' }, "MANIFEST_INVALID", "steps[0].script"],
    [
      "an unknown script in the manifest",
      { "manifest.json": '{"entrypoint": "mian.py"}' },
      "MANIFEST_INVALID",
      "main.py",
    ],
    ["a broken config.json", { "config.json": "[1]" }, "CONFIG_FILE_INVALID", "config.json"],
    [
      "a broken parameters.json",
      { "parameters.json": '{"fields": [{"type": "colour", "name": "a"}]}' },
      "PARAMETERS_FILE_INVALID",
      "fields[0].type",
    ],
  ])("POST …/versions refuses %s, names the place, and stores nothing", async (_what, files, code, place) => {
    await makePackage(platform, "acme", "bad");
    const before = await counts();
    const answer = await refused(
      post("bad", plainForm({ "main.py": script, "secrets.json": '{"GOOD": 1}', ...files })),
    );
    expect(answer).toMatchObject({ code });
    expect(answer.message).toContain(place);
    expect(answer.message).not.toContain("hunter2");
    expect(await counts()).toEqual(before);
  });

  test.each([
    ["an empty upload", {}],
    ["no script", { "data.txt": "x" }],
    ["a secrets.json alone", { "secrets.json": "{}" }],
  ])("POST …/versions refuses %s", async (_what, files: Record<string, string>) => {
    await makePackage(platform, "acme", "bad");
    const form = plainForm(files);
    expect((await refused(post("bad", form))).code).toMatch(/PACKAGE_INVALID|BAD_REQUEST/);
  });

  test("POST …/versions refuses invalid UTF-8 in secrets.json with its place", async () => {
    await makePackage(platform, "acme", "bad");
    const form = plainForm({ "main.py": script });
    form.append("file", new Blob([Buffer.from([0x7b, 0x22, 0xff, 0x22])]), "secrets.json");
    expect(await refused(post("bad", form))).toMatchObject({ code: "SECRETS_FILE_INVALID" });
  });

  test("POST …/versions takes a byte order mark before secrets.json", async () => {
    await makePackage(platform, "acme", "bom");
    const form = plainForm({ "main.py": script, "secrets.json": '\ufeff{"A": 1}' });
    expect((await post("bom", form)).status).toBe(201);
  });

  test("POST …/versions refuses more files than a package may have", async () => {
    await makePackage(platform, "acme", "bad");
    const before = await counts();
    const form = plainForm(Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`f${index}.py`, "x"])));
    expect(await refused(post("bad", form))).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
    expect(await counts()).toEqual(before);
  });

  test("POST …/versions refuses more bytes than a package may have", async () => {
    await makePackage(platform, "acme", "bad");
    const before = await counts();
    const half = "x".repeat(33 * 1_048_576);
    const answer = await refused(post("bad", plainForm({ "a.py": half, "b.py": half })));
    expect(answer).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
    expect(answer.message).toContain("64 MiB");
    expect(await counts()).toEqual(before);
  });

  test("POST …/versions refuses a body that is not multipart, and one cut short", async () => {
    await makePackage(platform, "acme", "bad");
    const before = await counts();
    expect(await refused(send(platform, "POST", `${at("bad")}/versions`, { json: {} }))).toMatchObject({
      status: 400,
      code: "BAD_REQUEST",
    });
    const cut = {
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="main.py"\r\n\r\nprint(1)',
    };
    expect(await refused(send(platform, "POST", `${at("bad")}/versions`, cut))).toMatchObject({
      status: 400,
      code: "BAD_REQUEST",
    });
    expect(await counts()).toEqual(before);
  });

  test("POST …/versions of one package from 8 callers at once numbers every version once", async () => {
    await makePackage(platform, "acme", "race");
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, index) =>
        post("race", plainForm({ "main.py": script, "secrets.json": `{"A": ${index}, "B${index}": 1}` })),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    const { versions } = await ask(platform, versionList, ["GET", `${at("race")}/versions`]);
    expect(versions.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });
});

test("startPlatform() logs neither bodies nor tokens at level trace", () => {
  const lines = logged.join("");
  expect(lines).toContain("/versions");
  for (const hidden of [platform.token, "canary-7f3a", "hunter2"]) expect(lines).not.toContain(hidden);
});

/** Every row of every table as text, bytes too. */
async function dump(): Promise<string> {
  const tables = await database.rows(
    z.object({ name: z.string() }),
    "select table_name::text as name from information_schema.tables where table_schema = 'public'",
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) =>
      database.rows(z.object({ row: z.string() }), `select t::text as row from ${name} t`),
    ),
  );
  return texts
    .flat()
    .map(({ row }) =>
      row.replace(/\\\\x([0-9a-f]+)/g, (_all, hex: string) => Buffer.from(hex, "hex").toString("latin1")),
    )
    .join("\n");
}

describe("POST …/rollback", () => {
  const back = (to: number) => send(platform, "POST", `${at("rolled")}/rollback`, { json: { to } });
  const rows = () =>
    database.rows(z.record(z.string(), z.unknown()), "select path, sha256, position from version_files");
  beforeAll(async () => {
    await makePackage(platform, "acme", "rolled");
    const first = { "main.py": script, "run.sh": "#!/bin/sh\n", "manifest.json": '{"schedule": "0 7 * * *"}' };
    await post("rolled", plainForm({ ...first, "secrets.json": '{"A": 1}' }));
    await post("rolled", plainForm({ "main.py": "print(2)\n" }));
  });

  test("POST …/rollback makes a new version of the earlier files, with its schedule and without touching secrets", async () => {
    const secrets = await ask(platform, secretList, ["GET", `${at("rolled")}/secrets`]);
    const { package: found, version } = rolledBack.parse(await (await back(1)).json());
    expect(found.name).toBe("rolled");
    const earlier = await ask(platform, versionInfo, ["GET", `${at("rolled")}/versions/1`]);
    const { id: _id, createdAt: _at, ...same } = earlier;
    expect(version).toMatchObject({ ...same, number: 3, restores: 1 });
    expect(earlier.restores).toBeNull();
    expect((await ask(platform, packageInfo, ["GET", at("rolled")])).version).toEqual(version);
    const { versions } = await ask(platform, versionList, ["GET", `${at("rolled")}/versions`]);
    expect(versions.map(({ number, restores }) => [number, restores])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
    const { schedules } = await ask(platform, scheduleList, ["GET", "/schedules?project=acme&package=rolled"]);
    expect(schedules).toMatchObject([{ cron: "0 7 * * *", isPaused: false }]);
    expect(await ask(platform, secretList, ["GET", `${at("rolled")}/secrets`])).toEqual(secrets);
    const audited = z.object({ detail: z.record(z.string(), z.unknown()) });
    expect(
      await database.row(
        audited,
        "select detail from audit where action = 'package.rollback' order by seq desc limit 1",
      ),
    ).toEqual({ detail: { version: 3, restores: 1, digest: earlier.digest } });
  });

  test("POST …/rollback refuses a version that the newest one equals, and one that does not exist", async () => {
    const before = await rows();
    expect(await refused(back(1))).toEqual({
      status: 409,
      code: "ALREADY_EXISTS",
      message: "Version 3, the newest one, has the same files as version 1; nothing was changed",
    });
    expect(await refused(back(3))).toMatchObject({
      message: "Version 3 is the newest one already; nothing was changed",
    });
    expect(await refused(back(9))).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(await refused(back(0))).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await rows()).toEqual(before);
  });

  test("POST …/rollback is no push: what was set on the platform since the last one is not replaced silently", async () => {
    const { key } = await ask(platform, packageInfo, ["GET", at("rolled")]);
    const set = { json: { secrets: sealAll(platform, key, { A: "set on the platform" }) } };
    expect((await send(platform, "PUT", `${at("rolled")}/secrets`, set)).status).toBe(200);
    expect((await back(2)).status).toBe(201);
    const again = post("rolled", plainForm({ "main.py": script, "secrets.json": '{"A": 2}' }));
    expect(await refused(again)).toMatchObject({ code: "SECRET_CHANGED" });
  });
});
