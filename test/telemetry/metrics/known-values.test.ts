import { codeValues, endValues } from "@sealrun/telemetry";
import { expect, test } from "vitest";
import { verbOf } from "../../../packages/telemetry/src/metrics/known-values.ts";

test("codeValues holds the codes of sealrun and none; endValues the final statuses", () => {
  expect(codeValues).toEqual(expect.arrayContaining(["none", "LEASE_LOST", "SCRIPT_FAILED"]));
  expect(endValues.toSorted()).toEqual(["cancelled", "failed", "lost", "succeeded"]);
});

test("verbOf() gives the first word of a statement", () => {
  expect(["\n  with a as (select 1) select 2", "BEGIN", "", "(select 1)"].map(verbOf)).toEqual([
    "with",
    "begin",
    "",
    "",
  ]);
});
