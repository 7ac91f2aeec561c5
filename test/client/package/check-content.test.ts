import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { checkContent, type PackageContent } from "../../../packages/client/src/package/check-content.ts";
import { refusalOf } from "../../support/refusal.ts";

const contentOf = (files: Readonly<Record<string, string>>, secrets?: string): PackageContent => ({
  files: Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
  secretsFile: secrets === undefined ? undefined : new TextEncoder().encode(secrets),
});

test("checkContent() gives the steps in order and warns of a value in a script", () => {
  const { steps, problems } = checkContent(
    contentOf({ "a.py": "print(1)", "b.sh": "echo\necho a-secret-value" }, '{"KEY": "a-secret-value"}'),
  );
  expect(steps.map(({ script }) => script)).toEqual(["a.py", "b.sh"]);
  expect(problems.map(({ file, line, level }) => [file, line, level])).toEqual([["b.sh", 2, "warning"]]);
});

test("checkContent() warns of values of secrets.json that are not masked, with their line", () => {
  const secrets = '{\n"PIN": "x9Q",\n"HOST": "localhost",\n"DB": {"port": 5432, "password": "kf83-kd02-pw"}\n}';
  const { problems } = checkContent(contentOf({ "a.py": "print(1)" }, secrets));
  expect(problems.map(({ file, line, message }) => [file, line, message.slice(0, 40)])).toEqual([
    ["secrets.json", 2, "secrets.json:2: PIN is too short to mask"],
    ["secrets.json", 3, "secrets.json:3: HOST is a common word: a"],
    ["secrets.json", 4, "secrets.json:4: DB has parts that are to"],
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/x9Q|localhost|5432|kf83/);
});

test("checkContent() throws the first document that is refused", () => {
  const content = contentOf({ "a.py": "", "manifest.json": '{"prority": 3}', "config.json": "[]" });
  expect(refusalOf(() => checkContent(content)).code).toBe("MANIFEST_INVALID");
});

test("checkContent() reports every refused document to the listener, and never a value", () => {
  const heard: SealrunError[] = [];
  const { steps, secrets } = checkContent(
    contentOf(
      { "sub/secrets.json": "{}", "a.py": "", "manifest.json": "{", "config.json": "[]", "parameters.json": "{}" },
      '{"A": "top-secret" "B": 1}',
    ),
    (error) => heard.push(error),
  );
  expect(heard.map(({ code }) => code)).toEqual([
    "PACKAGE_INVALID",
    "MANIFEST_INVALID",
    "CONFIG_FILE_INVALID",
    "PARAMETERS_FILE_INVALID",
    "SECRETS_FILE_INVALID",
  ]);
  expect(heard.map(({ message }) => message).join("\n")).not.toContain("top-secret");
  expect([steps, [...secrets]]).toEqual([[], []]);
});

test("checkContent() says once that a flow document is no script", () => {
  const heard: SealrunError[] = [];
  checkContent(contentOf({ "flow.yaml": "id: a\nnamespace: b\ntasks:\n" }), (error) => heard.push(error));
  expect(heard.map(({ code }) => code)).toEqual(["PACKAGE_INVALID"]);
  expect(heard[0]?.message).toContain('"flow.yaml" looks like a Kestra flow');
});
