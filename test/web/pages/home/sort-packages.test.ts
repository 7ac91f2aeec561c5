import { expect, test } from "vitest";
import { packageSort, sortPackages } from "../../../../packages/web/src/pages/home/sort-packages.ts";

const at = (minute: number): string => `2026-11-21T10:0${minute}:00.000Z`;
const packages = [
  { name: "archive", pushedAt: at(3), lastRun: null },
  { name: "billing", pushedAt: at(1), lastRun: { status: "succeeded", createdAt: at(5) } },
  { name: "crm", pushedAt: at(2), lastRun: { status: "failed", createdAt: at(4) } },
  { name: "data", pushedAt: at(0), lastRun: { status: "queued", createdAt: at(1) } },
] as const;

test.each([
  ["name", ["archive", "billing", "crm", "data"]],
  ["run", ["billing", "crm", "data", "archive"]],
  ["failed", ["crm", "data", "billing", "archive"]],
  ["pushed", ["archive", "crm", "billing", "data"]],
])("sortPackages() by %s", (by, names) => {
  expect(sortPackages(packages, packageSort.parse(by)).map(({ name }) => name)).toEqual(names);
});
