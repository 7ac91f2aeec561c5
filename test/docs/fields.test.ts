import { executorConfig } from "@sealrun/executor";
import { keyringConfig } from "@sealrun/keyring";
import { platformConfig } from "@sealrun/platform";
import { limits, manifestSchema } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { parameterField } from "../../packages/protocol/src/package/parameter-field.ts";
import { readPage } from "./pages.ts";

const [settings, packages] = [readPage("operate/settings.md"), readPage("packages.md")];

describe("packages/docs/operate/settings.md", () => {
  test.each([
    ["Platform:", platformConfig],
    ["Keyring:", keyringConfig],
    ["Executor:", executorConfig],
  ] as const)("packages/docs/operate/settings.md lists exactly the settings under %s", (heading, schema) => {
    expect(fieldsAfter(settings, heading).toSorted()).toEqual(Object.keys(schema.shape).toSorted());
  });
});

describe("packages/docs/packages.md", () => {
  test("packages/docs/packages.md lists exactly the fields of manifest.json", () => {
    expect(fieldsAfter(packages, "## manifest.json").toSorted()).toEqual(Object.keys(manifestSchema.shape).toSorted());
  });

  test("packages/docs/packages.md lists exactly the types of parameters", () => {
    const types = parameterField.shape.type.options;
    expect(fieldsAfter(packages, "## parameters.json").toSorted()).toEqual(types.toSorted());
  });

  test("packages/docs/packages.md states the limits as they are", () => {
    const mebi = 1024 * 1024;
    expect(packages).toContain(`| ${limits.packageFiles.toLocaleString("en")} `);
    expect(packages).toContain(`| ${limits.packageBytes / mebi} MiB `);
    expect(packages).toContain(`| ${limits.resultBytes / 1024} KiB as JSON `);
  });
});

/** The names in the first cells of the first table after a line. */
function fieldsAfter(page: string, line: string): readonly string[] {
  const lines = page.split("\n");
  const start = lines.findIndex((candidate, index) => index > lines.indexOf(line) && candidate.startsWith("| "));
  const end = lines.findIndex((candidate, index) => index > start && !candidate.startsWith("|"));
  return lines
    .slice(start, end)
    .flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}
