import { secretName, type Step } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { checkReferences } from "../../../packages/client/src/package/check-references.ts";
import { refusalOf } from "../../support/refusal.ts";

const step = (more: Partial<Step> = {}): Step => ({ script: "a.py", name: "first", env: {}, ...more });
const config = { db: { url: "x://{{ secret('DB', subkey='user') }}" } };
const secrets = [secretName.parse("TOKEN")];

test("checkReferences() has nothing to say where every secret may be read", () => {
  expect(checkReferences({ config, parameters: undefined, steps: [step()] })).toEqual([]);
  expect(checkReferences({ config: undefined, parameters: undefined, steps: [] })).toEqual([]);
});

test("checkReferences() warns of a reference that a step may not read, once for each step", () => {
  const parameters = { fields: [{ type: "int" as const, name: "port", default: "${workflow.secrets.DB.port}" }] };
  const steps = [
    step({ secrets, env: { A: "jq(.secrets.KEY)", B: "{{ secret('TOKEN') }}" }, input: "{a: .secrets.OTHER}" }),
    step({ script: "b.py", name: "second" }),
  ];
  const tail = "which manifest.json does not list among the secrets of a.py; that step will fail";
  expect(checkReferences({ config, parameters, steps }).map(({ message }) => message)).toEqual([
    `config.json: db.url names "DB", ${tail}`,
    `parameters.json: default of "port" names "DB.port", "DB", ${tail}`,
    `the env of step first: A names "KEY", ${tail}`,
    `the input of step first names "OTHER", ${tail}`,
  ]);
});

test("checkReferences() refuses what no run could resolve, with the place", () => {
  const wrong = { config: { a: ["{{ user.name }}"] }, parameters: undefined, steps: [] };
  const { code, message } = refusalOf(() => checkReferences(wrong));
  expect(code).toBe("REFERENCE_INVALID");
  expect(message).toMatch(/^config\.json: a\[0\]: character 4: expected secret\('NAME'\)/);
});
