import { describeLosers } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { secretUse as use, secretUses } from "../../support/secret-uses.ts";

const losers = (...uses: Parameters<typeof secretUses>) => describeLosers(secretUses(...uses));

test("describeLosers() gives nothing when no package uses it, or only packages with a narrower one", () => {
  expect(losers()).toBeUndefined();
  expect(losers({ ...use, shadowed: true })).toBeUndefined();
});

test("describeLosers() names the packages, where they use it or when they read it", () => {
  const other = { ...use, package: "mail", references: [], declared: false };
  expect(losers(use, other)).toBe(
    '"DB_PASS" is used by acme/report (config.json, manifest.json), acme/mail (read 2026-01-02T03:04:05.678Z)',
  );
});

test("describeLosers() names at most ten packages", () => {
  const many = Array.from({ length: 12 }, (_, number) => ({ ...use, package: `p${number}` }));
  expect(losers(...many)).toMatch(/acme\/p9 \(config\.json, manifest\.json\) and 2 more$/);
});
