import { z } from "zod";
import { fields } from "../text/document.ts";
import { eventText } from "../names.ts";
import { jsonObject } from "../text/json-value.ts";

/** One row of the audit. `detail` holds names, versions and counts; never a value. */
export const auditRow = z.object({
  seq: z.string(),
  at: z.string(),
  /** A token's name, `executor <id>` or `execution <id>`. */
  actor: z.string(),
  action: z.string(),
  /** Id of the object that the row is about. */
  object: z.string(),
  /** Its name as it is today: `project`, or `project/package`, also for an execution. Null for what has none or is deleted. */
  objectName: z.string().nullish(),
  detail: jsonObject,
  requestId: z.string(),
});
export type AuditRow = z.infer<typeof auditRow>;

/** `GET /api/v1/audit?project=&action=&object=&actor=&since=&limit=&before=`, the newest first. */
export const auditList = z.object({ rows: z.array(auditRow), next: z.string().nullable() });
export type AuditList = z.infer<typeof auditList>;

/** `GET /api/v1/audit/actors?text=&limit=`: actors to narrow the audit to, the most frequent first. */
export const auditActors = z.object({ actors: z.array(z.string()) });

/** A fault in the chain of the audit. */
export const auditFault = z.object({
  kind: z.enum(["edited", "deleted", "inserted", "backdated", "cut", "unsealed"]),
  /** The first row with the fault; null when the row and its number are missing. */
  seq: z.string().nullable(),
  sentence: z.string(),
  /** Only for `backdated`: the last link before the times go back. An admin may accept that break. */
  after: z.string().nullable(),
});
export type AuditFault = z.infer<typeof auditFault>;

/** A place where times go back by a lot, which an admin accepted. */
export const acceptedBreak = z.object({ link: z.string(), seq: z.string(), by: z.string(), reason: z.string() });

/** `GET /api/v1/audit/verification?full=`: checks the chain now; `full=true` checks it from its first link. */
export const auditVerification = z.object({
  /** Number of links that this check read. */
  checked: z.number().int().nonnegative(),
  /** Rows without a link yet; a few of them for a second are normal. Counted up to 10,000. */
  waiting: z.number().int().nonnegative(),
  /** The last link, in hex; null for an empty chain. A copy kept elsewhere later proves that no row before it changed. */
  head: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The last link that this platform wrote to its checkpoint file; null without one. */
  checkpoint: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The link that this check continued from, and when it was verified; null for a full check. */
  from: z.object({ position: z.string(), verifiedAt: z.string() }).nullable(),
  /** When a full check of this platform last found no fault; null when none did. */
  fullAt: z.string().nullable(),
  /** Breaks that an admin accepted, among the checked links. */
  accepted: z.array(acceptedBreak),
  /** Sentences that say why the check was a full one, or which notes for the next check could not be written. */
  remarks: z.array(z.string()),
  /** The first fault; null without one. */
  fault: auditFault.nullable(),
});
export type AuditVerification = z.infer<typeof auditVerification>;

/** `POST /api/v1/audit/continuation`: accepts that times go back after one link. */
export const continueAudit = fields({
  /** The last link before the break. */
  after: z.string().regex(/^\d{1,18}$/, "expected the number of a link"),
  /** The reason. It is stored in the audit, so it must not hold a secret. */
  reason: eventText.trim().min(1).max(500),
});
export type ContinueAudit = z.infer<typeof continueAudit>;

/** The answer: the break that was accepted. */
export type AuditContinuation = z.infer<typeof acceptedBreak>;
