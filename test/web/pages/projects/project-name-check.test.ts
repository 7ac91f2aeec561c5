import { projectList } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { checkProjectName } from "../../../../packages/web/src/pages/projects/project-name-check.ts";

const { projects } = projectList.parse({
  projects: [{ id: `prj_${"0".repeat(20)}`, name: "Billing", createdAt: "2026-11-21T10:00:00Z", maxConcurrent: null }],
});

test("checkProjectName() takes a free name, and says nothing before one is typed", () => {
  expect(checkProjectName("", projects)).toBeUndefined();
  expect(checkProjectName("billing-2.eu_west", projects)).toBeUndefined();
});

test("checkProjectName() says the rule for a name that breaks it", () => {
  for (const wrong of ["-a", "a b", "a/b", "ü", "x".repeat(129)]) {
    expect(checkProjectName(wrong, projects)).toMatch(/^A project name starts with a letter or digit/);
  }
});

test("checkProjectName() refuses a name that another project has, whatever its case", () => {
  expect(checkProjectName("bILLING", projects)).toMatch(/^Project Billing already exists/);
});
