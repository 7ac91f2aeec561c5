import { toBase64 } from "@sealrun/crypto";
import { failAfter } from "@sealrun/faults";
import { call } from "@sealrun/nats";
import {
  endGrantReply,
  type EndGrantRequest,
  grantReply,
  type GrantRequest,
  type KeyringLookupRequest,
  keyringLookupReply,
  subjects,
} from "@sealrun/protocol";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

type KeyringDeps = Pick<RpcDeps, "link" | "identity" | "keyring">;

/**
 * Asks for the grant of one attempt, with the executor's own claim. Returns the keyring's complete signed frame as
 * base64: only the executor can open the grant in it. Fails with the keyring's refusal, or `KEYRING_UNREACHABLE`.
 */
export async function askGrant(
  deps: KeyringDeps,
  request: ExecutorRequest,
  asked: Omit<GrantRequest, "executorFrame" | "executorId">,
): Promise<string> {
  const body: GrantRequest = { ...asked, executorFrame: toBase64(request.frame), executorId: request.executorId };
  const { frame } = await call({ ...to(deps, "grant"), body, reply: grantReply });
  failAfter("keyring");
  return toBase64(frame);
}

/** Asks for message keys, with the executor's own lookup; answers and fails as `askGrant`. */
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

/** Tells the keyring that an attempt has ended; fails as `askGrant`. */
export async function askEnd(deps: KeyringDeps, ended: EndGrantRequest): Promise<void> {
  await call({ ...to(deps, "end"), body: ended, reply: endGrantReply });
  failAfter("keyring");
}

function to(deps: KeyringDeps, verb: "grant" | "lookup" | "end") {
  return {
    link: deps.link,
    identity: deps.identity,
    peer: deps.keyring,
    subject: subjects.keyring(verb),
    kind: verb,
    unreachable: "KEYRING_UNREACHABLE",
    timeoutMs: 5_000,
  } as const;
}
