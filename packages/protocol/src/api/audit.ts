import { z } from "zod";
import { jsonObject } from "../text/json-value.ts";

/** One row of the audit. `detail` holds names, versions and counts; never a value. */
export const auditRow = z.object({
  seq: z.string(),
  at: z.string(),
  /** A token's name, `executor <id>` or `execution <id>`. */
  actor: z.string(),
  action: z.string(),
  /** Id of what it is about. */
  object: z.string(),
  detail: jsonObject,
  requestId: z.string(),
});
export type AuditRow = z.infer<typeof auditRow>;

/** `GET /api/v1/audit?project=&action=&object=&actor=&since=&limit=&before=`, the newest first. */
export const auditList = z.object({ rows: z.array(auditRow), next: z.string().nullable() });
export type AuditList = z.infer<typeof auditList>;

/** What can be wrong with the chain of the audit. */
export const auditFault = z.object({
  kind: z.enum(["edited", "deleted", "inserted", "backdated", "cut", "unsealed"]),
  /** The first row it is about; null when it is gone with its number. */
  seq: z.string().nullable(),
  sentence: z.string(),
  /** Of `backdated` only: the last link before the times go back, which an admin may accept. */
  after: z.string().nullable(),
});
export type AuditFault = z.infer<typeof auditFault>;

/** A place where times go back by a lot, which somebody accepted. */
export const acceptedBreak = z.object({ link: z.string(), seq: z.string(), by: z.string(), reason: z.string() });

/** `GET /api/v1/audit/verification?full=`: the chain, checked now; `full=true` reads it from its first link. */
export const auditVerification = z.object({
  /** Links that were checked now. */
  checked: z.number().int().nonnegative(),
  /** Rows that wait for their link; a few, for a second, are normal. Counted up to 10,000. */
  waiting: z.number().int().nonnegative(),
  /** The last link, in hex; null for an empty chain. Noted elsewhere, it proves later that nothing before it changed. */
  head: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The last link that this platform wrote to a file of its own; null without one. */
  checkpoint: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The link from which this check went on, and when it was checked; null when everything was read. */
  from: z.object({ position: z.string(), verifiedAt: z.string() }).nullable(),
  /** When this platform last read everything and found nothing wrong; null when it never did. */
  fullAt: z.string().nullable(),
  /** Breaks that somebody accepted, among the links that were checked. */
  accepted: z.array(acceptedBreak),
  /** Sentences on why everything was read, or on what could not be kept for the next check. */
  remarks: z.array(z.string()),
  /** The first thing that is wrong; null when nothing is. */
  fault: auditFault.nullable(),
});
export type AuditVerification = z.infer<typeof auditVerification>;

/** `POST /api/v1/audit/continuation`: accepts that times go back after one link. */
export const continueAudit = z.object({
  /** The last link before the break. */
  after: z.string().regex(/^\d{1,19}$/, "expected the number of a link"),
  /** Why; it is in the audit, so never a secret. */
  reason: z.string().trim().min(1).max(500),
});
export type ContinueAudit = z.infer<typeof continueAudit>;

/** The answer: the break that was accepted. */
export type AuditContinuation = z.infer<typeof acceptedBreak>;
