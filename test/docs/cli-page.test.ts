import { describe, expect, test } from "vitest";
import { tableRows } from "../support/table-rows.ts";
import { buildProgram, leavesOf, optionRows, usageOf } from "./commands.ts";
import { readPage } from "./pages.ts";

const page = readPage("reference/cli.md");
const leaves = leavesOf(buildProgram());
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")).replaceAll("`", "").trim(), section]),
);

describe("packages/docs/reference/cli.md", () => {
  test("packages/docs/reference/cli.md has a section for each command, and no other", () => {
    expect([...sections.keys()].toSorted()).toEqual([...leaves.keys()].toSorted());
  });

  test.each([...leaves])("packages/docs/reference/cli.md says of %s what its help says", (typed, command) => {
    const section = sections.get(typed) ?? "";
    expect(section).toContain(command.description());
    expect(section).toContain(usageOf(typed, command));
    expect(tableRows(section)).toEqual(optionRows(command));
  });
});
