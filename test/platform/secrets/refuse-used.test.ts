import { describe, expect, test } from "vitest";
import { refuseUsed } from "../../../packages/platform/src/secrets/refuse-used.ts";
import { refusalOf } from "../../support/refusal.ts";
import { secretUse, secretUses } from "../../support/secret-uses.ts";

describe("refuseUsed()", () => {
  test("refuseUsed() lets go what no package uses, or only packages with a narrower one", () => {
    refuseUsed(secretUses());
    refuseUsed(secretUses({ ...secretUse, shadowed: true }));
  });

  test("refuseUsed() names the packages, where they use it or when they read it, and force", () => {
    const other = { ...secretUse, package: "mail", references: [], declared: false };
    expect(refusalOf(() => refuseUsed(secretUses(secretUse, other)))).toMatchObject({
      code: "SECRET_IN_USE",
      message:
        '"DB_PASS" is used by acme/report (config.json, manifest.json), acme/mail (read 2026-01-02T03:04:05.678Z); nothing was deleted; add ?force=true to delete it anyway',
    });
  });

  test("refuseUsed() names at most ten packages", () => {
    const many = Array.from({ length: 12 }, (_, number) => ({ ...secretUse, package: `p${number}` }));
    expect(refusalOf(() => refuseUsed(secretUses(...many))).message).toContain(
      "acme/p9 (config.json, manifest.json) and 2 more;",
    );
  });
});
