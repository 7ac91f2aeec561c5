import { auditList, type AuditList, auditVerification, type AuditVerification } from "@sealrun/protocol";
import type { Ask } from "./request.ts";
import { queryOf } from "./query.ts";

/** Which rows of the audit to list. */
export interface AuditFilter {
  readonly project?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly actor?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
}

/** The audit. */
export interface Audit {
  /** The newest first. */
  listAudit(filter: AuditFilter): Promise<AuditList>;
  /** Has the platform check the chain from its first row to its last. */
  verifyAudit(): Promise<AuditVerification>;
}

/** The calls about the audit. */
export function createAudit(ask: Ask): Audit {
  return {
    listAudit: async (filter) => ask(auditList, { method: "GET", path: `/audit${queryOf({ ...filter })}` }),
    verifyAudit: async () => ask(auditVerification, { method: "GET", path: "/audit/verification" }),
  };
}
