import { decode, executionId, type RpcVerb, SealrunError, secretName } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { executorRequester, type ExecutorRequest } from "../executors/executor-request.ts";
import { recordAudit } from "../audit/store.ts";

/** Requests whose refusal gets an audit row. Renewals and heartbeats say nothing about secrets. */
const actions: Partial<Readonly<Record<RpcVerb, string>>> = {
  claim: "execution.claim.refused",
  lookup: "secret.lookup.refused",
  set: "secret.set.refused",
  state: "state.refused",
  fetch: "secret.fetch.refused",
};

const asked = z.object({
  executionId,
  attempt: z.number().optional(),
  name: secretName.optional(),
  scope: z.string().max(16).optional(),
});

/**
 * Writes to the audit that an executor was refused, and why. A temporary failure, such as a keyring outage, gets no
 * row.
 */
export async function recordRefusal(
  { database, log }: Pick<Deps, "database" | "log">,
  verb: RpcVerb,
  { request, error }: { readonly request: ExecutorRequest; readonly error: unknown },
): Promise<void> {
  const action = actions[verb];
  if (action === undefined || !(error instanceof SealrunError)) return;
  if (error.row.retry || error.code === "INTERNAL") return;
  const { executionId: object = request.executorId, attempt, name, scope } = readAsked(request.body);
  const detail = {
    ...(attempt === undefined ? {} : { attempt }),
    ...(name === undefined ? {} : { name }),
    ...(scope === undefined ? {} : { scope }),
    code: error.code,
  };
  try {
    await recordAudit(database, { requester: executorRequester(request), action, object, detail });
  } catch (failure) {
    // Nothing was handed out, and the executor still gets the refusal.
    log.error({ err: failure, action, code: error.code }, "A refusal could not be written to the audit");
  }
}

/** The readable fields of a request, which may be malformed. */
function readAsked(body: Uint8Array): Partial<z.infer<typeof asked>> {
  try {
    return decode(asked, body);
  } catch {
    return {};
  }
}
