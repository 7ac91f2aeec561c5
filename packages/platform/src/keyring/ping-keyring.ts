import { call } from "@sealrun/nats";
import { type RevocationsRequest, revocationsReply } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";

/** Asks the keyring for revocations after now, which needs almost no work. `KEYRING_UNREACHABLE` without an answer. */
export async function pingKeyring(deps: Pick<Deps, "link" | "identity" | "keyring">, timeoutMs: number): Promise<void> {
  const body: RevocationsRequest = { after: new Date().toISOString() };
  await call({ ...keyringCall(deps, "revocations"), body, reply: revocationsReply, timeoutMs });
}
