import { toBase64 } from "@sealrun/crypto";
import { call } from "@sealrun/nats";
import { credentialsReply, isSignedAnswer, subjects } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";

/** Passes an executor's request for new NATS credentials to the keyring, which decides; returns its signed frame. */
export async function renewCredentials(
  deps: Pick<Deps, "link" | "identity" | "keyring">,
  frame: string,
): Promise<string> {
  const { frame: answer } = await call({
    link: deps.link,
    identity: deps.identity,
    peer: deps.keyring,
    subject: subjects.keyring("credentials"),
    kind: "credentials",
    isSigned: isSignedAnswer("credentials"),
    body: { frame },
    reply: credentialsReply,
    unreachable: "KEYRING_UNREACHABLE",
  });
  return toBase64(answer);
}
