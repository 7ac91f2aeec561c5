import { type PackageOverview, projectOverview } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { countTags, filterPackages } from "../../../../packages/web/src/pages/home/filter-packages.ts";

const packages = projectOverview.parse({
  packages: [
    row("nightly-report", "Collects invoices", ["finance", "nightly"]),
    row("sync", "Copies customers from the CRM", ["crm", "nightly", "nightly"]),
    row("plain", "", []),
  ],
}).packages;

function row(name: string, description: string, tags: readonly string[]): Record<keyof PackageOverview, unknown> {
  return {
    id: `pkg_${"0".repeat(20)}`,
    name,
    description,
    tags,
    version: 1,
    pushedAt: "2026-11-21T10:00:00.000Z",
    steps: 1,
    canRun: true,
    hasParameters: false,
    lastRun: null,
    recent: [],
    missing: [],
    nextAt: null,
    archivedAt: null,
  };
}

const names = (find: string, tag?: string): readonly string[] =>
  filterPackages(packages, { find, tag }).map(({ name }) => name);

test("filterPackages() wants every word, in the name, the description or a tag, whatever its case", () => {
  expect(names("")).toEqual(["nightly-report", "sync", "plain"]);
  expect(names("  NIGHTLY crm ")).toEqual(["sync"]);
  expect(names("invoices report")).toEqual(["nightly-report"]);
  expect(names("invoices customers")).toEqual([]);
});

test("filterPackages() wants the tag as it is, beside the words", () => {
  expect(names("", "nightly")).toEqual(["nightly-report", "sync"]);
  expect(names("copies", "nightly")).toEqual(["sync"]);
  expect(names("", "night")).toEqual([]);
});

test("countTags() counts packages, the most frequent tag first, then by name", () => {
  expect(countTags(packages)).toEqual([
    { tag: "nightly", count: 2 },
    { tag: "crm", count: 1 },
    { tag: "finance", count: 1 },
  ]);
});
