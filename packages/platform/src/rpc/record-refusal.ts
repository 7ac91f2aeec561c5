import { type Claim, decode, executionId, type RpcVerb, SealrunError, secretName } from "@sealrun/protocol";
import { z } from "zod";
import type { Deps, Requester } from "../deps.ts";
import { executorRequester, type ExecutorRequest } from "../executors/executor-request.ts";
import { type AuditEntry, recordAudits } from "../audit/store.ts";

/** Requests whose refusal gets an audit row. Renewals and heartbeats say nothing about secrets. */
const actions: Partial<Readonly<Record<RpcVerb, string>>> = {
  claim: "execution.claim.refused",
  lookup: "secret.lookup.refused",
  set: "secret.set.refused",
  state: "state.refused",
  fetch: "secret.fetch.refused",
};

const inHeader = z.object({ executionId, attempt: z.number() });
const inBody = z.object({ name: secretName, scope: z.string().max(16) }).partial();

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
  if (action === undefined || !(error instanceof SealrunError) || !isRecorded(error)) return;
  const { executionId: object = request.executorId, attempt, name, scope } = readAsked(request);
  const detail = {
    ...(attempt === undefined ? {} : { attempt }),
    ...(name === undefined ? {} : { name }),
    ...(scope === undefined ? {} : { scope }),
    code: error.code,
  };
  await write({ database, log }, [{ requester: executorRequester(request), action, object, detail }]);
}

/** As `recordRefusal`, for executions that were refused in a request that claims several. */
export async function recordRefusals(
  deps: Pick<Deps, "database" | "log">,
  refused: readonly {
    readonly requester: Requester;
    readonly claim: Pick<Claim, "executionId">;
    readonly error: SealrunError;
  }[],
): Promise<void> {
  const recorded = refused.filter(({ error }) => isRecorded(error));
  if (recorded.length === 0) return;
  await write(
    deps,
    recorded.map(({ requester, claim, error }) => ({
      requester,
      action: "execution.claim.refused",
      object: claim.executionId,
      detail: { code: error.code },
    })),
  );
}

function isRecorded({ row, code }: SealrunError): boolean {
  return !row.retry && code !== "INTERNAL";
}

async function write({ database, log }: Pick<Deps, "database" | "log">, rows: readonly AuditEntry[]): Promise<void> {
  try {
    await recordAudits(database, rows);
  } catch (failure) {
    // Nothing was handed out, and the executor still gets the refusal.
    log.error(
      { err: failure, actions: rows.map(({ action }) => action) },
      "Refusals could not be written to the audit",
    );
  }
}

/** The readable fields of a request, whose body may be malformed. Only its header says which attempt it is about. */
function readAsked({ header, body }: ExecutorRequest): Partial<z.infer<typeof inHeader> & z.infer<typeof inBody>> {
  const attempt = inHeader.safeParse(header).data;
  try {
    return { ...decode(inBody, body), ...attempt };
  } catch {
    return { ...attempt };
  }
}
