import { executionId, type SecretUses } from "@sealrun/protocol";

/** A use of a project's secret: declared, referenced, and read once. */
export const secretUse: SecretUses["uses"][number] = {
  project: "acme",
  package: "report",
  shadowed: false,
  references: [{ file: "config.json", path: "db.password" }],
  declared: true,
  lastRead: {
    execution: executionId.parse("exe_00000000000000000000"),
    step: "a.sh",
    version: 1,
    at: "2026-01-02T03:04:05.678Z",
  },
};

/** The answer of the platform for the secret DB_PASS with these uses. */
export function secretUses(...uses: SecretUses["uses"]): SecretUses {
  return { name: "DB_PASS", scope: "project", uses };
}
