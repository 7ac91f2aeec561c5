import { call } from "@sealrun/nats";
import { type RevocationsRequest, revocationsReply, subjects } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";

/** Asks the keyring for revocations after now, which needs almost no work. `KEYRING_UNREACHABLE` without an answer. */
export async function pingKeyring(
  { link, identity, keyring }: Pick<Deps, "link" | "identity" | "keyring">,
  timeoutMs: number,
): Promise<void> {
  const body: RevocationsRequest = { after: new Date().toISOString() };
  await call({
    link,
    identity,
    peer: keyring,
    subject: subjects.keyring("revocations"),
    kind: "revocations",
    body,
    reply: revocationsReply,
    unreachable: "KEYRING_UNREACHABLE",
    timeoutMs,
  });
}
