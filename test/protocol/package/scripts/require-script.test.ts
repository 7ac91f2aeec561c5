import { requireScript } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { bytesOf, refusalOf } from "../../../support/refusal.ts";

const refuse = (files: Readonly<Record<string, string>>) =>
  refusalOf(() => requireScript(Object.entries(files).map(([path, text]) => ({ path, bytes: bytesOf(text) })))).message;

const kestra = "id: secrets\nnamespace: company.team\n\ntasks:\n  - id: log\n    message: \"{{ secret('A') }}\"\n";
const conductor = '{"name":"w","version":1,"tasks":[{"name":"t","taskReferenceName":"t","type":"HTTP"}]}';
const direktiv = "id: httpget\nfunctions:\n- id: request\nstates:\n- id: getter\n  type: action\n";

test("requireScript() accepts a package with a script, whatever else is in it", () => {
  requireScript([
    { path: "lib/a.py", bytes: bytesOf("") },
    { path: "flow.yaml", bytes: bytesOf(kestra) },
  ]);
});

test("requireScript() says which file looks like a document of which engine, and what can be done with it", () => {
  expect(refuse({ "a.csv": "", "workflow.json": conductor })).toBe(
    '"workflow.json" looks like a Conductor workflow, which this release does not run; write its tasks as scripts (files that end in .ts .mts .js .mjs .cjs .py .sh) and their order as steps in manifest.json: secrets written as ${workflow.secrets.NAME} work in config.json, in parameters, and in the env and input of steps',
  );
});

test.each([
  ["Kestra's YAML", "a Kestra flow", { "flow.yml": kestra }],
  ["Kestra's YAML of Windows", "a Kestra flow", { "flow.yml": kestra.replaceAll("\n", "\r\n") }],
  ["Kestra's JSON", "a Kestra flow", { "flows/a.json": '{"id":"a","namespace":"b","tasks":[]}' }],
  ["Conductor's list of JSON", "a Conductor workflow", { "all.json": `[${conductor}]` }],
  ["Conductor's YAML", "a Conductor workflow", { "w.yaml": "name: w\ntasks:\n- taskReferenceName: t\n" }],
  ["Direktiv's older YAML", "a Direktiv workflow", { "get.yaml": direktiv }],
  ["Direktiv's YAML", "a Direktiv workflow", { "get.yaml": "direktiv_api: workflow/v1\nstates:\n- id: a\n" }],
])("requireScript() recognizes %s", (_, document, files) => {
  expect(refuse(files)).toContain(`looks like ${document}, which this release does not run; `);
});

test.each([
  ["a table", { "a.csv": "id,namespace,tasks\n" }],
  ["a manifest alone", { "manifest.json": '{"name":"w","tasks":[{"taskReferenceName":"t"}]}' }],
  ["other JSON", { "a.json": '{"id":1,"tasks":[]}', "b.json": "[]", "c.json": "7", "types.d.ts": "" }],
  ["keys that are deeper", { "a.yaml": "x:\n  id: a\n  namespace: b\n  tasks: []\n" }],
  ["bytes that are not JSON", { "a.json": '{"id": ', "b.yaml": "\u0000\uFFFD" }],
])("requireScript() takes %s for data", (_, files) => {
  expect(refuse(files)).toBe("Expected a script in the package: a file that ends in .ts .mts .js .mjs .cjs .py .sh");
});
