import { z } from "zod";
import { spanName } from "../../parts/time/time-spans.ts";

/** How far back the audit can be narrowed to. */
export const auditSpan = spanName.exclude(["90d"]);

/** The filters of the audit, as the page's address has them. */
export const auditSearch = z.object({
  project: z.string().optional().catch(undefined),
  action: z.string().optional().catch(undefined),
  actor: z.string().optional().catch(undefined),
  object: z.string().optional().catch(undefined),
  span: auditSpan.optional().catch(undefined),
});

/** The filters of the audit, as the page's address has them. */
export type AuditSearch = z.infer<typeof auditSearch>;
