import { z } from "zod";
import { jsonObject } from "../json-value.ts";

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
});
export type AuditFault = z.infer<typeof auditFault>;

/** `GET /api/v1/audit/verification`: the whole chain, checked now. */
export const auditVerification = z.object({
  /** Links that were checked. */
  checked: z.number().int().nonnegative(),
  /** Rows that wait for their link; a few, for a second, are normal. */
  waiting: z.number().int().nonnegative(),
  /** The last link, in hex; null for an empty chain. Noted elsewhere, it proves later that nothing before it changed. */
  head: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The last link that this platform wrote to a file of its own; null without one. */
  checkpoint: z.object({ position: z.string(), hash: z.string() }).nullable(),
  /** The first thing that is wrong; null when nothing is. */
  fault: auditFault.nullable(),
});
export type AuditVerification = z.infer<typeof auditVerification>;
