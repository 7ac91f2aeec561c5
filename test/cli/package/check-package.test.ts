import { afterEach, beforeEach, expect, test } from "vitest";
import { checkPackage } from "../../../packages/cli/src/package/check-package.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

const main = { "main.sh": "echo" };

test("checkPackage() takes the given name, else the manifest's, else the folder's", async () => {
  const plain = await person.write("folder", main);
  const named = await person.write("other", { ...main, "manifest.json": '{"name":"from-manifest"}' });
  const names = [
    await checkPackage(plain, undefined),
    await checkPackage(named, undefined),
    await checkPackage(named, "given"),
  ];
  expect(names.map(({ name }) => name)).toEqual(["folder", "from-manifest", "given"]);
});

test("checkPackage() says what to do about a folder whose name cannot be one", async () => {
  const { code, message } = await rejectionOf(checkPackage(await person.write("my package", main), undefined));
  expect(code).toBe("NAME_NOT_ALLOWED");
  expect(message).toMatch(/^"my package" cannot be the package's name: .*; give another one with --name$/);
});

test("checkPackage() warns of a script that holds a secret's value, by file, line and name", async () => {
  const folder = await person.write("p", {
    "main.sh": "#!/bin/sh\necho a-secret-value\n",
    "secrets.json": '{"DB_PASS":"a-secret-value"}',
  });
  expect((await checkPackage(folder, undefined)).problems).toEqual([
    {
      code: null,
      level: "warning",
      file: "main.sh",
      line: 2,
      message: "main.sh:2 holds the value of DB_PASS in plain text; let the script ask for it instead",
    },
  ]);
});

test.each([
  ["secrets.json", '{"A": 1,}', "SECRETS_FILE_INVALID", /^secrets\.json:1:\d+: /],
  ["secrets.json", '{"A": 1, "A": 2}', "SECRETS_FILE_INVALID", /duplicate key "A"/],
  ["secrets.json", '{"A": {"b": 1, "b": 2}}', "SECRETS_FILE_INVALID", /1:16: duplicate key;/],
  ["secrets.json", "[]", "SECRETS_FILE_INVALID", /expected one object/],
  ["secrets.json", '{"__proto__": 1}', "SECRETS_FILE_INVALID", /__proto__/],
  ["secrets.json", new Uint8Array([0x7b, 0xff]), "SECRETS_FILE_INVALID", /expected UTF-8/],
  ["secrets.json", '{"A": "\\ud800"}', "SECRETS_FILE_INVALID", /^secrets\.json:1:/],
  ["secrets.json", '{"1A": 1}', "NAME_NOT_ALLOWED", /^secrets\.json:1: "1A" is not allowed/],
  ["secrets.json", `{"A": ${"[".repeat(33)}${"]".repeat(33)}}`, "SECRETS_FILE_INVALID", /levels of nesting/],
  ["secrets.json", '{"A": 12345678901234567890}', "SECRETS_FILE_INVALID", /^secrets\.json:1:/],
  ["secrets.json", `{"A": "${"x".repeat(1_048_577)}"}`, "VALUE_TOO_LARGE", /^secrets\.json:1: "A"/],
  ["manifest.json", '{"entrypoint": "mian.sh"}', "MANIFEST_INVALID", /did you mean "main\.sh"/],
  ["manifest.json", '{"prority": 3}', "MANIFEST_INVALID", /did you mean "priority"/],
  ["config.json", "[]", "CONFIG_FILE_INVALID", /^config\.json: /],
  ["parameters.json", '{"fields":[{"type":"intt","name":"n"}]}', "PARAMETERS_FILE_INVALID", /fields\[0\]/],
  ["sub/secrets.json", "{}", "PACKAGE_INVALID", /at the top of the package only/],
  ["run.rb", "", "PACKAGE_INVALID", /scripts that end in \.rb cannot run/],
  ["MAIN.sh", "", "PACKAGE_INVALID", /collides with/],
] as const)("checkPackage() names the place in %s: %s is %s", async (path, content, code, sentence) => {
  const error = await rejectionOf(checkPackage(await person.write("p", { ...main, [path]: content }), undefined));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(sentence);
});

test("checkPackage() refuses a package in which nothing can run", async () => {
  const empty = await rejectionOf(checkPackage(await person.write("empty", {}), undefined));
  const text = await rejectionOf(checkPackage(await person.write("text", { "readme.md": "" }), undefined));
  expect([empty.message, text.message]).toEqual([
    expect.stringContaining("it is empty"),
    expect.stringContaining("Expected a script in the package"),
  ]);
});

test("checkPackage() takes a secrets.json that starts with a byte order mark", async () => {
  const folder = await person.write("p", { ...main, "secrets.json": '\ufeff{"A":1}' });
  expect([...(await checkPackage(folder, undefined)).secrets.keys()]).toEqual(["A"]);
});

test.each([
  [
    { "package.json": `{"dependencies":{"pg":"8.16.3"}}` },
    "Runs will fail: package.json has no package-lock.json beside it",
  ],
  [{ "requirements.txt": "requests\n" }, "Runs will fail: requirements.txt:1: expected NAME==VERSION"],
  [
    { "wheels/a-1-py3-none-any.whl": "" },
    "wheels/a-1-py3-none-any.whl is not installed: a requirements.txt has to name",
  ],
])("checkPackage() warns of dependencies that cannot be installed: %j", async (files, sentence) => {
  const { problems } = await checkPackage(await person.write("p", { ...main, ...files }), undefined);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(sentence)]);
});

test("checkPackage() says nothing of dependencies that can be installed", async () => {
  const files = { ...main, "package.json": `{"type":"module"}`, "requirements.txt": "requests==2.31.0\n" };
  expect((await checkPackage(await person.write("p", files), undefined)).problems).toEqual([]);
});
