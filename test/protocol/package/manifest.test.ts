import { manifestSchema, parseManifest, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, jsonBytes, refusalOf } from "../../support/refusal.ts";

const scripts = ["a.ts", "b.py", "lib/c.sh"];
const read = (manifest: unknown) => parseManifest(jsonBytes(manifest), scripts);
const refuse = (manifest: unknown) => refusalOf(() => read(manifest)).message;

const ferris = {
  name: "report",
  version: 3,
  author: "Reporting",
  type: "k8x_job",
  description: "Sends the report",
  entrypoint: "a.ts",
  execution_order: ["a.ts", "b.py"],
  tags: ["daily"],
  trigger_events: ["report.requested"],
  schedule: "0 7 * * 1-5",
  priority: "5",
  allow_manual_triggering: true,
  active: true,
};

const own = {
  steps: [
    {
      script: "a.ts",
      name: "first",
      secrets: ["DB_PASS"],
      timeout: "5m",
      retry: 3,
      env: { MODE: "x" },
      input: { to: "x" },
    },
  ],
  secrets: ["DB_PASS", "API_KEY"],
  mask: ["API_KEY"],
  pool: "big-machines",
  on_lost: "rerun",
  network: "none",
  max_concurrent: 2,
};

describe("parseManifest()", () => {
  test("parseManifest() refuses an optional name that no step may read, and takes one that a step may", () => {
    expect(read({ secrets: ["KEY"], optional: ["KEY"] }).optional).toEqual(["KEY"]);
    expect(refuse({ secrets: ["KEY"], optional: ["KYE"] })).toBe(
      'manifest.json: optional[0]: no step that this is for may read "KYE"; did you mean "KEY"?',
    );
    expect(refuse({ optinal: ["KEY"] })).toContain("optional");
  });

  test("parseManifest() reads a Ferris manifest", () => {
    expect(read(ferris)).toEqual({
      ...ferris,
      version: "3",
      priority: 5,
      schedule: { cron: "0 7 * * 1-5", missed: "skip" },
    });
  });

  test("parseManifest() counts empty entries of Ferris's lists as none", () => {
    const lists = { execution_order: ["", "a.ts"], tags: [null, "daily", ""], trigger_events: [""] };
    expect(read(lists)).toEqual({ execution_order: ["a.ts"], tags: ["daily"], trigger_events: [] });
    expect(refuse({ trigger_events: [7] })).toContain("trigger_events[0]");
  });

  test("parseManifest() reads sealrun's own fields", () => {
    const retry = { attempts: 3, delay: 0, backoff: 1, max_delay: 3_600 };
    expect(read(own)).toEqual({ ...own, steps: [{ ...own.steps[0], timeout: 300, retry }] });
  });

  test("parseManifest() treats blank fields as absent", () => {
    expect(read({ entrypoint: "", schedule: null, description: "", priority: "" })).toEqual({});
  });

  test.each<[string, unknown, string]>([
    ["an unknown field", { entrypont: "a.ts" }, 'manifest.json: unknown field "entrypont"; did you mean "entrypoint"?'],
    [
      "a host without a port",
      { network: ["api.example.com"] },
      'manifest.json: network[0]: expected a host name with a port, such as "api.example.com:443"; no address',
    ],
    [
      "an unknown network",
      { network: "all" },
      'manifest.json: network: expected "outbound", "none", "host" or a list of 1 to 64 host names with a port',
    ],
    [
      "a tag that runs backwards",
      { tags: ["a\u202eb"] },
      "manifest.json: tags[0]: expected text without control characters or marks of text direction",
    ],
    ["a zero byte", { description: "a\0b" }, "manifest.json: description: expected text without a zero byte"],
    [
      "an unknown field of a step",
      { steps: [{ scrip: "a.ts" }] },
      'manifest.json: steps[0]: unknown field "scrip"; did you mean "script"?',
    ],
    [
      "an unknown timeout",
      { steps: [{ script: "a.ts" }, { script: "b.py", timeout: "5 minutes" }] },
      'manifest.json: steps[1].timeout: expected a duration such as "30s"',
    ],
    [
      "a timeout of zero",
      { steps: [{ script: "a.ts", timeout: 0 }] },
      "manifest.json: steps[0].timeout: expected a duration over 0",
    ],
    [
      "a retry without attempts",
      { steps: [{ script: "a.ts", retry: { delay: "1s" } }] },
      "manifest.json: steps[0].retry.attempts: expected",
    ],
    ["a priority of 11", { priority: 11 }, "manifest.json: priority: expected a priority from 1 to 10"],
    ["a priority in words", { priority: "high" }, "manifest.json: priority: expected a priority from 1 to 10"],
    [
      "a schedule of 3 fields",
      { schedule: "* * *" },
      "manifest.json: schedule.cron: expected cron text of 5 or 6 fields",
    ],
    ["an unknown on_lost", { on_lost: "retry" }, 'manifest.json: on_lost: expected one of "fail", "rerun"'],
    ["a secret's name", { secrets: ["A", "1B"] }, "manifest.json: secrets[1]: a secret name starts with"],
    [
      "an environment name",
      { steps: [{ script: "a.ts", env: { "A B": "x" } }] },
      'manifest.json: steps[0].env["A B"]: expected the name',
    ],
    ["a list", [], "manifest.json: expected an object"],
    [
      "a script that is not there",
      { entrypoint: "c.ts" },
      'manifest.json: entrypoint: this package has no script "c.ts"; did you mean "a.ts"?',
    ],
    [
      "a script far from any",
      { execution_order: ["a.ts", "report.rb"] },
      'execution_order[1]: this package has no script "report.rb"; the scripts are "a.ts", "b.py", "lib/c.sh"',
    ],
    [
      "a step that would never run",
      { entrypoint: "a.ts", steps: [{ script: "b.py" }] },
      'steps[0].script: expected a script that entrypoint names; "b.py" would never run',
    ],
  ])("parseManifest() refuses %s", (_, manifest, sentence) => expect(refuse(manifest)).toContain(sentence));

  test("parseManifest() names line and column of text that is not JSON", () => {
    const refusal = refusalOf(() => parseManifest(bytesOf('{\n"tags": [}'), scripts));
    expect(refusal.code).toBe("MANIFEST_INVALID");
    expect(refusal.message).toContain("manifest.json:2:10: expected a value");
  });

  test("parseManifest() never repeats a value, except the name of a field or script", () => {
    for (const field of Object.keys(manifestSchema.shape).filter((name) => !/entrypoint|execution_order/.test(name))) {
      expect(refuse({ [field]: [{ script: ["canary"], x: "canary" }, "can ary/canary"] }), field).not.toContain(
        "canary",
      );
    }
  });

  test("parseManifest() accepts its own output, so that a stored manifest reads the same", () => {
    for (const manifest of [read(ferris), read(own), read({})]) expect(read(manifest)).toEqual(manifest);
  });

  test("parseManifest() throws nothing but SealrunError, whatever the fields", () => {
    const field = fc.constantFrom(...Object.keys(manifestSchema.shape), "other");
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("a.ts", ["a.ts"], [{ script: "a.ts" }]));
    fc.assert(
      fc.property(fc.dictionary(field, value), (manifest) => {
        try {
          read(manifest);
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
    );
  });
});
