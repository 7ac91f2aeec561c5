import { expect, test } from "vitest";
import { refuseUsed } from "../../../packages/platform/src/secrets/refuse-used.ts";
import { refusalOf } from "../../support/refusal.ts";
import { secretUse, secretUses } from "../../support/secret-uses.ts";

test("refuseUsed() lets go what no package would lose", () => {
  refuseUsed(secretUses());
  refuseUsed(secretUses({ ...secretUse, shadowed: true }));
});

test("refuseUsed() names the packages, and what deletes it anyway", () => {
  expect(refusalOf(() => refuseUsed(secretUses(secretUse)))).toMatchObject({
    code: "SECRET_IN_USE",
    message:
      '"DB_PASS" is used by acme/report (config.json, manifest.json); nothing was deleted; add ?force=true to delete it anyway',
  });
});
