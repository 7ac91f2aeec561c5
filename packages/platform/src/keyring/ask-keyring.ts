import { toBase64 } from "@sealrun/crypto";
import { failAfter } from "@sealrun/faults";
import { call } from "@sealrun/nats";
import {
  answeredError,
  type AttemptRef,
  endGrantsReply,
  type EndGrantsRequest,
  type ExecutionId,
  type GrantItem,
  grantReply,
  type GrantRequest,
  type KeyringLookupRequest,
  keyringLookupReply,
  type SealrunError,
} from "@sealrun/protocol";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";
import { keyringCall } from "../nats/keyring-call.ts";

type KeyringDeps = Pick<RpcDeps, "link" | "identity" | "keyring">;

/** Grants of the keyring: `frame` is its complete signed frame as base64, and only the executor can open what is in it. */
export interface AnsweredGrants {
  readonly frame: string;
  /** Attempts that the keyring refused. */
  readonly refused: ReadonlyMap<ExecutionId, SealrunError>;
}

/**
 * Asks for the grants of attempts in one request, with the executor's own claim. Fails with the keyring's refusal of the
 * whole request, or `KEYRING_UNREACHABLE`.
 */
export async function askGrants(
  deps: KeyringDeps,
  request: ExecutorRequest,
  items: readonly GrantItem[],
): Promise<AnsweredGrants> {
  const body: GrantRequest = { frame: toBase64(request.frame), executorId: request.executorId, items: [...items] };
  const { value, frame } = await call({ ...to(deps, "grant"), body, reply: grantReply });
  failAfter("keyring");
  const answers = new Map(value.items.map((item) => [item.executionId, item]));
  const refused = items.flatMap(({ executionId }): [ExecutionId, SealrunError][] => {
    const answer = answers.get(executionId);
    if (answer?.ok === true) return [];
    const said = answer?.error ?? { code: "INTERNAL", message: "The keyring did not answer for it" };
    return [[executionId, answeredError(said)]];
  });
  return { frame: toBase64(frame), refused: new Map(refused) };
}

/** Asks for message keys, with the executor's own lookup. Answers with the keyring's frame, and fails as `askGrants`. */
export async function askMessageKeys(
  deps: KeyringDeps,
  request: ExecutorRequest,
  asked: Omit<KeyringLookupRequest, "executorFrame" | "executorId">,
): Promise<string> {
  const body: KeyringLookupRequest = {
    ...asked,
    executorFrame: toBase64(request.frame),
    executorId: request.executorId,
  };
  const { frame } = await call({ ...to(deps, "lookup"), body, reply: keyringLookupReply });
  failAfter("keyring");
  return toBase64(frame);
}

/** Tells the keyring that attempts have ended; fails as `askGrants`. */
export async function askEnd(deps: KeyringDeps, ended: readonly AttemptRef[]): Promise<void> {
  const body: EndGrantsRequest = { ended: [...ended] };
  await call({ ...to(deps, "end"), body, reply: endGrantsReply });
  failAfter("keyring");
}

function to(deps: KeyringDeps, verb: "grant" | "lookup" | "end") {
  return { ...keyringCall(deps, verb), isForPeerOnly: true, timeoutMs: 5_000 } as const;
}
