import {
  acceptedBreak,
  auditActors,
  type AuditContinuation,
  auditList,
  type AuditList,
  auditVerification,
  type AuditVerification,
  type ContinueAudit,
} from "@sealrun/protocol";
import type { Ask } from "../connection/request.ts";
import { queryOf } from "../connection/query.ts";

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

/** Calls about the audit. */
export interface Audit {
  /** The newest first. */
  listAudit(filter: AuditFilter): Promise<AuditList>;
  /** Actors by a part of their name, the most frequent of late first. */
  listAuditActors(
    search: { readonly text: string; readonly limit?: number | undefined },
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
  /** Makes the platform check the audit chain: from the end of its last check, or all of it. */
  verifyAudit(options?: { readonly isFull: boolean }): Promise<AuditVerification>;
  /** Accepts that times go backwards after one link. `AUDIT_BROKEN` when the audit has any other fault. */
  continueAudit(request: ContinueAudit): Promise<AuditContinuation>;
}

/** The calls about the audit. */
export function createAudit(ask: Ask): Audit {
  return {
    listAudit: async (filter) => ask(auditList, { method: "GET", path: `/audit${queryOf({ ...filter })}` }),
    listAuditActors: async (search, signal) => {
      const path = `/audit/actors${queryOf({ ...search })}`;
      return (await ask(auditActors, { method: "GET", path, ...(signal === undefined ? {} : { signal }) })).actors;
    },
    verifyAudit: async ({ isFull } = { isFull: false }) =>
      ask(auditVerification, {
        method: "GET",
        path: `/audit/verification${queryOf({ full: isFull ? "true" : undefined })}`,
      }),
    continueAudit: async (request) =>
      ask(acceptedBreak, { method: "POST", path: "/audit/continuation", json: request }),
  };
}
