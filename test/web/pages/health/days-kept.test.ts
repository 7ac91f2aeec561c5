import { expect, test } from "vitest";
import { daysKept } from "../../../../packages/web/src/pages/health/days-kept.ts";

test("daysKept() says the platform's limits, and which projects have their own", () => {
  const limits = { executionsDays: 90, logsDays: 1, startsAt: null };
  expect(daysKept({ ...limits, projects: [] })).toBe(
    "Finished executions are kept for 90 days and their logs for 1 day; sealrun retention set changes that.",
  );
  const projects = ["acme", "other"].map((project) => ({ project, executionsDays: 1, logsDays: 1 }));
  expect(daysKept({ ...limits, executionsDays: 0, projects })).toBe(
    "Finished executions are kept forever and their logs for 1 day; sealrun retention set changes that. Projects with their own limits: acme, other.",
  );
});
