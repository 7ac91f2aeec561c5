import { PassThrough } from "node:stream";
import { executionId, type SecretUses } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { createOutput } from "../../../packages/cli/src/output.ts";
import { refuseUsed, showUses } from "../../../packages/cli/src/secret/uses.ts";
import { refusalOf } from "../../support/refusal.ts";

const read = {
  execution: executionId.parse("exe_00000000000000000000"),
  step: "a.sh",
  version: 1,
  at: "2026-01-02T03:04:05.678Z",
};
const use: SecretUses["uses"][number] = {
  project: "acme",
  package: "report",
  shadowed: false,
  references: [{ file: "config.json", path: "db.password" }],
  declared: true,
  lastRead: read,
};
const uses = (...list: SecretUses["uses"]): SecretUses => ({ name: "DB_PASS", scope: "project", uses: list });
const place = { scope: "project", project: "acme" } as const;

describe("refuseUsed()", () => {
  test("refuseUsed() lets go what no package uses, or only packages with a narrower one", () => {
    refuseUsed(uses(), place);
    refuseUsed(uses({ ...use, shadowed: true }), place);
  });

  test("refuseUsed() names the packages, where they use it or when they read it, and --force", () => {
    const other = { ...use, package: "mail", references: [], declared: false };
    expect(refusalOf(() => refuseUsed(uses(use, other), place))).toMatchObject({
      code: "SECRET_IN_USE",
      message:
        '"DB_PASS" in project acme is used by acme/report (config.json, manifest.json), acme/mail (read 2026-01-02 03:04:05Z); nothing was deleted; add --force to delete it anyway',
    });
  });

  test("refuseUsed() names at most ten packages", () => {
    const many = Array.from({ length: 12 }, (_, number) => ({ ...use, package: `p${number}` }));
    expect(refusalOf(() => refuseUsed(uses(...many), place)).message).toContain(
      "acme/p9 (config.json, manifest.json) and 2 more;",
    );
  });
});

test("showUses() prints a table, or that no package uses it", () => {
  const print = (found: SecretUses): string => {
    const stdout = new PassThrough();
    showUses(createOutput(stdout, new PassThrough()), found);
    return String(stdout.read());
  };
  expect(print(uses())).toBe("no package uses it\n");
  expect(print(uses({ ...use, lastRead: null })).split("\n")[1]).toBe(
    "acme/report  config.json, manifest.json  -          -",
  );
});
