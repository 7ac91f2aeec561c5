import { type Chain, type CheckReport, findBreak, makeContinuation } from "@sealrun/postgres";
import type { AuditContinuation } from "@sealrun/protocol";
import type { Requester, Deps } from "../deps.ts";
import { continueAction } from "./chain.ts";
import { recordAudit } from "./store.ts";

/** The break to accept, and the reason. */
export interface ContinueRequest {
  /** The last link before the break. */
  readonly after: string;
  readonly reason: string;
}

/**
 * Writes the row that accepts the break found by a check. Only times that go back can be accepted, and only when
 * nothing else is wrong. `AUDIT_BROKEN` for another fault, `BAD_REQUEST` when there is no break after that link.
 */
export async function acceptBreak(
  { database, chain }: Pick<Deps, "database"> & { readonly chain: Chain },
  { fault }: Pick<CheckReport, "fault">,
  { after, reason, requester }: ContinueRequest & { readonly requester: Requester },
): Promise<AuditContinuation> {
  const { link, seq } = findBreak(fault, after);
  const detail = makeContinuation(chain, link, { by: requester.name, reason });
  await recordAudit(database, { requester, action: continueAction, object: "audit", detail });
  return { link: link.position.toString(), seq, by: requester.name, reason };
}
