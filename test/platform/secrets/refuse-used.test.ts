import { executionId, type SecretUses } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { refuseUsed } from "../../../packages/platform/src/secrets/refuse-used.ts";
import { refusalOf } from "../../support/refusal.ts";

const use: SecretUses["uses"][number] = {
  project: "acme",
  package: "report",
  shadowed: false,
  references: [{ file: "config.json", path: "db.password" }],
  declared: true,
  lastRead: {
    execution: executionId.parse("exe_00000000000000000000"),
    step: "a.sh",
    version: 1,
    at: "2026-01-02T03:04:05.678Z",
  },
};
const uses = (...list: SecretUses["uses"]): SecretUses => ({ name: "DB_PASS", scope: "project", uses: list });

describe("refuseUsed()", () => {
  test("refuseUsed() lets go what no package uses, or only packages with a narrower one", () => {
    refuseUsed(uses());
    refuseUsed(uses({ ...use, shadowed: true }));
  });

  test("refuseUsed() names the packages, where they use it or when they read it, and force", () => {
    const other = { ...use, package: "mail", references: [], declared: false };
    expect(refusalOf(() => refuseUsed(uses(use, other)))).toMatchObject({
      code: "SECRET_IN_USE",
      message:
        '"DB_PASS" is used by acme/report (config.json, manifest.json), acme/mail (read 2026-01-02T03:04:05.678Z); nothing was deleted; add ?force=true to delete it anyway',
    });
  });

  test("refuseUsed() names at most ten packages", () => {
    const many = Array.from({ length: 12 }, (_, number) => ({ ...use, package: `p${number}` }));
    expect(refusalOf(() => refuseUsed(uses(...many))).message).toContain(
      "acme/p9 (config.json, manifest.json) and 2 more;",
    );
  });
});
