import { parseManifest, planSteps, type SecretEntry, type Scope } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { answerNeeds } from "../../../packages/client/src/package/answer-needs.ts";
import { judgeNeeds, listMissingNames, type ToJudge } from "../../../packages/client/src/package/judge-needs.ts";
import { listNeeds } from "../../../packages/client/src/package/list-needs.ts";

interface World {
  readonly files: Readonly<Record<string, string>>;
  readonly own?: Readonly<Record<string, string>>;
  readonly stored?: Partial<Record<Scope, readonly string[]>> | "no platform was asked";
  readonly optional?: readonly string[];
}

/** The problems of a package, as level and sentence. */
function judge(world: World): readonly string[] {
  return judgeNeeds(toJudge(world)).map(({ level, message }) => `${level}: ${message}`);
}

function toJudge({ files, own = {}, stored = {}, optional = [] }: World): ToJudge {
  const paths = Object.keys(files);
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
  const given = files["manifest.json"];
  const manifest = given === undefined ? undefined : parseManifest(bytesOf(given), paths);
  const secrets = new Map<string, SecretEntry>(
    Object.entries(own).map(([name, value], index) => [name, { value, line: index + 2 }]),
  );
  const checked = {
    name: "p",
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: bytesOf(text) })),
    secrets,
    manifest,
    config: files["config.json"] === undefined ? undefined : { text: files["config.json"] },
    parameters: undefined,
    steps: planSteps(manifest, paths),
    skipped: [],
    problems: [],
  };
  const needs = listNeeds(checked);
  const known =
    stored === "no platform was asked"
      ? undefined
      : new Map(
          (["service", "project", "platform"] as const).map((scope) => [
            scope,
            new Map((stored[scope] ?? []).map((name) => [name, 1])),
          ]),
        );
  const found = answerNeeds(needs, new Set(secrets.keys()), known ?? new Map());
  return { checked, needs, secrets: found, stored: known, project: "acme", optional: new Set(optional) };
}

test("judgeNeeds() has nothing to say of a package that gets all it asks for", () => {
  const files = {
    "main.py": 'get_secret("A") + get_secret("B") + get_secret("C")',
    "config.json": "{{ secret('A') }}",
  };
  expect(judge({ files, own: { A: "x" }, stored: { project: ["B"], platform: ["C"] } })).toEqual([]);
});

test("judgeNeeds() names the place of a missing secret and the command that sets it, once", () => {
  const files = { "main.py": '\nget_secret("TOKEN")\nget_secret("TOKEN")' };
  expect(judge({ files })).toEqual([
    "error: main.py:2 (and 1 more) asks for TOKEN, which is set neither in secrets.json nor in the package, project acme or the platform; the script gets nothing; set it with: sealrun secret set TOKEN --scope project --project acme",
  ]);
  expect(judge({ files, stored: { platform: ["TOKENS"] } })[0]).toContain("; did you mean TOKENS?");
});

test("judgeNeeds() calls nothing missing when it is optional, or no platform was asked", () => {
  const files = { "main.py": 'get_secret("TOKEN")' };
  expect(judge({ files, optional: ["TOKEN"] })).toEqual([]);
  expect(judge({ files, stored: "no platform was asked" })).toEqual([]);
});

test("judgeNeeds() calls nothing missing that the manifest has as optional, for the package or the steps that ask", () => {
  const files = { "a.py": 'get_secret("TOKEN")', "b.py": 'get_secret("TOKEN")' };
  const says = (manifest: object) => judge({ files: { ...files, "manifest.json": JSON.stringify(manifest) } });
  expect(says({ optional: ["TOKEN"] })).toEqual([]);
  expect(says({ secrets: ["TOKEN"], optional: ["TOKEN"] })).toEqual([]);
  const [a, b] = [{ script: "a.py", optional: ["TOKEN"] }, { script: "b.py" }];
  expect(says({ steps: [a, b] })).toEqual([expect.stringMatching(/^error: b\.py:1 asks for TOKEN/)]);
  expect(says({ steps: [a, { ...b, optional: ["TOKEN"] }] })).toEqual([]);
});

test("judgeNeeds() still says that a reference to an optional name fails its step, and warns of a name that nothing asks for", () => {
  const files = {
    "a.py": "",
    "config.json": "{{ secret('TOKEN') }}",
    "manifest.json": '{"optional": ["TOKEN", "NOBODY"]}',
  };
  expect(judge({ files })).toEqual([
    expect.stringMatching(/^error: config\.json: .* that step will fail/),
    "warning: manifest.json: optional has NOBODY, which no script names",
  ]);
});

test("judgeNeeds() only warns of a missing secret that a script of the package sets", () => {
  const files = { "main.py": 'get_secret("T"); context.secrets.set("T", 1, "project")' };
  expect(judge({ files })).toEqual([expect.stringMatching(/^warning: .*until a script of this package sets it/)]);
});

test("judgeNeeds() says that a missing reference fails its step, and knows namespaces", () => {
  const says = (text: string, stored: World["stored"]) =>
    judge({ files: { "main.py": "", "config.json": text }, ...(stored === undefined ? {} : { stored }) });
  expect(says("${workflow.secrets.DB.port}", {})).toEqual([
    expect.stringMatching(/^error: config\.json: text asks for DB\.port or DB, .* that step will fail/),
  ]);
  expect(says("${workflow.secrets.DB.port}", { project: ["DB"] })).toEqual([]);
  expect(says("{{ secret('A', namespace='platform') }}", { project: ["A"] })).toEqual([
    expect.stringContaining('set nowhere in the namespace "platform"'),
  ]);
  expect(says("{{ secret('A', namespace='acme') }}", { project: ["A"] })).toEqual([]);
});

test("judgeNeeds() says which script asks for a name that its step does not declare", () => {
  const files = {
    "main.py": 'get_secret("A")',
    "lib/more.py": 'get_secret("B")',
    "manifest.json": '{"steps": [{"script": "main.py", "secrets": ["C"]}]}',
  };
  expect(judge({ files, stored: { project: ["A", "B", "C"] } })).toEqual([
    "error: main.py:1 asks for A, which manifest.json does not list among the secrets of main.py; it will be refused",
    "warning: lib/more.py:1 asks for B, which manifest.json lists for no step; it will be refused",
    "warning: manifest.json: steps[0].secrets lists C, which no script and no reference names",
  ]);
});

test("judgeNeeds() warns of names that nothing uses, by file and line", () => {
  const files = {
    "main.py": 'for name in ["COMPUTED"]: get_secret(name)',
    "manifest.json": '{"secrets": ["COMPUTED", "GONE"], "mask": ["MASKED"]}',
  };
  expect(judge({ files, own: { COMPUTED: "x", MASKED: "y", LEFT: "z" } })).toEqual([
    "warning: secrets.json:3 sets MASKED, which no script and no reference names",
    "warning: secrets.json:4 sets LEFT, which no script and no reference names",
    "warning: manifest.json: secrets lists GONE, which is set nowhere",
  ]);
});

test("judgeNeeds() names the scopes that a narrower one shadows, and no value", () => {
  const files = { "main.py": 'get_secret("A")' };
  const said = judge({ files, own: { A: "hunter2-value" }, stored: { project: ["A"], platform: ["A"] } });
  expect(said).toEqual([
    "warning: A is answered by the package, which shadows the project (version 1) and the platform (version 1)",
  ]);
});

test("listMissingNames() gives the names that a value would mend, with their first place", () => {
  const files = {
    "main.py":
      'get_secret("A")\nget_secret("A")\nget_secret("SET")\ncontext.secrets.set("LATER", 1)\nget_secret("LATER")',
    "config.json": '{{ secret("TOKEN") }}',
  };
  expect(listMissingNames(toJudge({ files, stored: { platform: ["SET", "TOKENS"] } }))).toEqual([
    { name: "A", place: "main.py:1", others: 1, meant: undefined, isFailing: false },
    { name: "TOKEN", place: "config.json: text", others: 0, meant: "TOKENS", isFailing: true },
  ]);
  expect(listMissingNames(toJudge({ files, stored: "no platform was asked" }))).toEqual([]);
});
