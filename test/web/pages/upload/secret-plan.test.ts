import type { FoundNames } from "@sealrun/client";
import { expect, test } from "vitest";
import { readDropped } from "../../../../packages/web/src/pages/upload/drop/read-dropped.ts";
import { reviewPackage } from "../../../../packages/web/src/pages/upload/review.ts";
import { keptSecrets, planSecrets } from "../../../../packages/web/src/pages/upload/secret-plan.ts";
import { droppedFiles } from "./dropped.ts";

const review = reviewPackage(
  await readDropped({ files: droppedFiles({ "a.sh": "", "secrets.json": '{"NEW": 1, "OLD": 2, "THEIRS": 3}' }) }),
);
const found: FoundNames = {
  stored: new Map([
    [
      "service",
      new Map([
        ["OLD", 3],
        ["THEIRS", 5],
        ["KEPT", 1],
      ]),
    ],
  ]),
  version: 2,
  changed: [{ name: "THEIRS", scope: "service", version: 5, author: "ops", updatedAt: "2026-01-01T00:00:00.000Z" }],
};

test("planSecrets() says what is new, what it replaces, and what was changed on the platform", () => {
  expect(planSecrets(review, found).map(({ name, kind, version }) => [name, kind, version])).toEqual([
    ["NEW", "new", undefined],
    ["OLD", "replaces", 3],
    ["THEIRS", "changed", 5],
  ]);
});

test("planSecrets() knows nothing before the platform was asked", () => {
  expect(planSecrets(review, undefined).map(({ kind }) => kind)).toEqual(["unknown", "unknown", "unknown"]);
});

test("keptSecrets() names what the upload leaves as it is", () => {
  expect(keptSecrets(review, found)).toEqual(["KEPT"]);
  expect(keptSecrets(review, undefined)).toEqual([]);
});
