import { fields } from "@sealrun/protocol";
import { z } from "zod";

/** `?archived=true` of a list: archived projects or packages too. */
export const archivedQuery = fields({ archived: z.enum(["true", "false"]).optional() });

/** What the query asks for. */
export function readArchived({ archived }: z.infer<typeof archivedQuery>): { readonly archived: boolean } {
  return { archived: archived === "true" };
}

const idempotencyKey = z
  .string()
  .regex(/^[!-~]{1,255}$/, "expected 1 to 255 printable ASCII characters without a space");

/** The headers of a request that starts an execution. */
export const startHeaders = z.looseObject({
  "idempotency-key": idempotencyKey.optional(),
  /** The caller's span, as W3C Trace Context writes it. One that is not valid is ignored. */
  traceparent: z.string().optional(),
});
