import { PassThrough } from "node:stream";
import { type SecretUses } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createOutput } from "../../../packages/cli/src/output.ts";
import { showUses } from "../../../packages/cli/src/secret/uses.ts";
import { secretUse, secretUses } from "../../support/secret-uses.ts";

test("showUses() prints a table, or that no package uses it", () => {
  const print = (found: SecretUses): string => {
    const stdout = new PassThrough();
    showUses(createOutput(stdout, new PassThrough()), found);
    return String(stdout.read());
  };
  expect(print(secretUses())).toBe("no package uses it\n");
  expect(print(secretUses({ ...secretUse, lastRead: null })).split("\n")[1]).toBe(
    "acme/report  config.json, manifest.json  -          -",
  );
});
