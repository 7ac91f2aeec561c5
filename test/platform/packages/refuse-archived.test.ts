import { packageName, projectName } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { refuseArchived } from "../../../packages/platform/src/packages/refuse-archived.ts";
import { refusalOf } from "../../support/refusal.ts";

const project = { name: projectName.parse("acme"), archivedAt: null };
const found = { name: packageName.parse("report"), archivedAt: null };
const archivedAt = new Date(0);

describe("refuseArchived()", () => {
  test("refuseArchived() says whether the project or the package is archived", () => {
    expect(refusalOf(() => refuseArchived(project, { ...found, archivedAt }))).toMatchObject({
      code: "ARCHIVED",
      message: "Package acme/report is archived; unarchive it first",
    });
    for (const given of [undefined, found]) {
      expect(refusalOf(() => refuseArchived({ ...project, archivedAt }, given)).message).toBe(
        "Project acme is archived; unarchive it first",
      );
    }
  });

  test("refuseArchived() lets others pass", () => {
    expect(() => refuseArchived(project, found)).not.toThrow();
    expect(() => refuseArchived(project)).not.toThrow();
  });
});
