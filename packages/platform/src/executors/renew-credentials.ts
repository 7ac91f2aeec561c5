import { toBase64 } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import { credentialsReply } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { keyringCall } from "../nats/keyring-call.ts";

/** Passes an executor's request for new NATS credentials to the keyring, which decides; returns its signed frame. */
export async function renewCredentials(
  deps: Pick<Deps, "link" | "identity" | "keyring">,
  frame: string,
): Promise<string> {
  const { frame: answer } = await call({
    ...keyringCall(deps, "credentials"),
    body: { frame },
    reply: credentialsReply,
  });
  return toBase64(answer);
}
