import { PassThrough } from "node:stream";
import { type SecretExplanation, secretExplanation, type SecretVersion } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createOutput } from "../../../packages/cli/src/output.ts";
import { showExplanation } from "../../../packages/cli/src/secret/show-explanation.ts";

const execution = "exe_0123456789abcdefghij";
const absent = { state: "absent", answers: false, shadowed: false, newest: null };
const nothing = {
  name: "TOKEN",
  project: "sales",
  package: "report",
  scopes: [
    { ...absent, scope: "service" },
    { ...absent, scope: "project" },
    { ...absent, scope: "platform" },
  ],
  steps: [],
  lastAsked: null,
  references: [],
};
const asked = {
  execution,
  attempt: 1,
  step: "main.py",
  outcome: "read",
  scope: "project",
  version: 3,
  at: "2026-03-01T10:00:00.000Z",
};

function version(fields: Partial<SecretVersion>): SecretVersion {
  return { version: 1, author: "admin", source: "set", createdAt: "2026-01-01T08:00:00.000Z", end: null, ...fields };
}

/** The printed lines; a style stands before the text that has it. */
function linesOf(given: object): readonly string[] {
  const explained: SecretExplanation = secretExplanation.parse({ ...nothing, ...given });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = createOutput(stdout, stderr);
  showExplanation({ ...output, paint: (style, text) => `<${style}>${text}` }, explained);
  expect(stderr.read()).toBeNull();
  return String(stdout.read()).trimEnd().split("\n");
}

describe("showExplanation()", () => {
  test("showExplanation() says that a script gets null when no scope has the name", () => {
    expect(linesOf({})).toEqual([
      "TOKEN in sales/report",
      "  service   <dim>absent",
      "  project   <dim>absent",
      "  platform  <dim>absent",
      expect.stringContaining("gets null"),
      expect.stringMatching(/^no .*\brun\b/),
    ]);
  });

  test("showExplanation() tells the scope that answers from a shadowed, a deleted and an absent one", () => {
    const end = { kind: "deleted", at: "2026-02-01T09:00:00.500Z", author: "bob" } as const;
    const deleted = version({ version: 4, author: "eve", end });
    const scopes = [
      { scope: "service", state: "deleted", answers: false, shadowed: false, newest: deleted },
      { scope: "project", state: "set", answers: true, shadowed: false, newest: version({ version: 3 }) },
      { scope: "platform", state: "set", answers: false, shadowed: true, newest: version({ version: 9 }) },
    ];
    expect(linesOf({ scopes }).slice(1, 5)).toEqual([
      "  service   <dim>deleted 2026-02-01 09:00:00Z by bob, last version 4",
      "  project   <green>version 3, answers (set, admin, 2026-01-01 08:00:00Z)",
      "  platform  <dim>version 9, shadowed (set, admin, 2026-01-01 08:00:00Z)",
      "project answers",
    ]);
  });

  test("showExplanation() says in words where the version that answers came from", () => {
    const newest = version({ source: "script", author: `execution ${execution}` });
    const scopes = [{ scope: "service", state: "set", answers: true, shadowed: false, newest }];
    expect(linesOf({ scopes })[1]).toContain(`(script of execution ${execution}, `);
  });

  test("showExplanation() names the steps that may not read it and the list that decides, and no other step", () => {
    const steps = [
      { name: "a.py", allowed: true, declaredBy: "package" },
      { name: "b.py", allowed: false, declaredBy: "package" },
      { name: "c.py", allowed: false, declaredBy: "step" },
      { name: "d.py", allowed: true, declaredBy: null },
    ];
    const lines = linesOf({ steps }).slice(5, -1);
    expect(lines).toEqual([
      expect.stringMatching(/step b\.py: the package's list.*TOKEN/),
      expect.stringMatching(/step c\.py: the step's own list.*TOKEN/),
    ]);
  });

  test("showExplanation() gives the file and place of every reference, in their order", () => {
    const references = [
      { file: "manifest.json", path: "steps[0].env.A" },
      { file: "config.json", path: "url" },
    ];
    expect(linesOf({ references }).slice(5, -1)).toEqual([
      "referred to in manifest.json at steps[0].env.A",
      "referred to in config.json at url",
    ]);
  });

  test.each([
    ["read", "project", 3, `last read 2026-03-01 10:00:00Z by ${execution}, step main.py, from project, version 3`],
    ["read", null, null, `last read 2026-03-01 10:00:00Z by ${execution}, step main.py`],
    ["missing", null, null, `last missing 2026-03-01 10:00:00Z by ${execution}, step main.py`],
    ["refused", "project", 3, `last refused 2026-03-01 10:00:00Z by ${execution}, step main.py`],
  ])("showExplanation() ends with the last lookup: %s from %s, version %s", (outcome, scope, number, line) => {
    expect(linesOf({ lastAsked: { ...asked, outcome, scope, version: number } }).at(-1)).toBe(line);
  });
});
