import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { readSecrets } from "../../../packages/client/src/secret-files/secret-file.ts";
import { bytesOf, refusalOf } from "../../support/refusal.ts";

test.each([
  ["a.json", '{"A":"x"}'],
  ["A.JSON", '{"A":"x"}'],
  [".env", "A=x"],
  [".env.local", "A=x"],
  ["prod.env", "A=x"],
])("readSecrets() knows %s by its name", (name, text) => {
  expect(readSecrets(bytesOf(text), { name, isNamed: true })).toEqual([{ name: "A", value: "x", place: `${name}:1` }]);
});

test.each(['\n{"A":"x"}', "\nA=x"])("readSecrets() takes either form where there is no name: %j", (text) => {
  const [found] = readSecrets(bytesOf(text), { name: "standard input", isNamed: false });
  expect(found).toEqual({ name: "A", value: "x", place: "standard input:2" });
});

test.each([
  [".env_encoded", "SECRET_MYPASSWORD=cGFzc3dvcmQ=", "SECRET_MYPASSWORD"],
  [".envrc", "export A=x", "A"],
  ["secrets.txt", "A=x", "A"],
  ["vars", ' {"A": "x"}', "A"],
  ["vars", "\uFEFF{}", undefined],
])("readSecrets() reads %s by its content %j", (name, text, secret) => {
  expect(readSecrets(bytesOf(text), { name, isNamed: true })[0]?.name).toBe(secret);
});

test("readSecrets() leaves out what cannot be stored when there is a listener, and refuses everything else", () => {
  const text = "1A=hunter2\nB=x\nC=hunter2\nC=hunter2\n";
  const refused: SealrunError[] = [];
  const found = readSecrets(bytesOf(text), { name: ".env", isNamed: true }, (error) => refused.push(error));
  expect(found).toEqual([{ name: "B", value: "x", place: ".env:2" }]);
  expect(refused.map(({ code }) => code)).toEqual(["NAME_NOT_ALLOWED", "SECRETS_FILE_INVALID"]);
  expect(refused.map(({ message }) => message).join()).not.toContain("hunter2");
  expect(refusalOf(() => readSecrets(bytesOf(text), { name: ".env", isNamed: true })).code).toBe("NAME_NOT_ALLOWED");
});

test("readSecrets() wipes the bytes, read or refused", () => {
  for (const text of ["A=hunter2", "1A=hunter2"]) {
    const bytes = bytesOf(text);
    try {
      readSecrets(bytes, { name: ".env", isNamed: true });
    } catch (error) {
      expect(error).toBeInstanceOf(SealrunError);
    }
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  }
});
