import { PassThrough } from "node:stream";
import { executionId, type SecretUses } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createOutput } from "../../../packages/cli/src/output.ts";
import { showUses } from "../../../packages/cli/src/secret/uses.ts";

const read = {
  execution: executionId.parse("exe_00000000000000000000"),
  step: "a.sh",
  version: 1,
  at: "2026-01-02T03:04:05.678Z",
};
const use: SecretUses["uses"][number] = {
  project: "acme",
  package: "report",
  shadowed: false,
  references: [{ file: "config.json", path: "db.password" }],
  declared: true,
  lastRead: read,
};
const uses = (...list: SecretUses["uses"]): SecretUses => ({ name: "DB_PASS", scope: "project", uses: list });
test("showUses() prints a table, or that no package uses it", () => {
  const print = (found: SecretUses): string => {
    const stdout = new PassThrough();
    showUses(createOutput(stdout, new PassThrough()), found);
    return String(stdout.read());
  };
  expect(print(uses())).toBe("no package uses it\n");
  expect(print(uses({ ...use, lastRead: null })).split("\n")[1]).toBe(
    "acme/report  config.json, manifest.json  -          -",
  );
});
