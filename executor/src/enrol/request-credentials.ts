import { credentialsContext, fromBase64, newId, openBoxed, openFrame, signFrame } from "@sealrun/crypto";
import {
  credentialsPath,
  credentialsReply,
  type CredentialsRequest,
  decode,
  encodeJson,
  executorId,
  limits,
  type NatsCredentials,
  natsCredentials,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { postFrame } from "./post-frame.ts";
import type { ExecutorState } from "./state-file.ts";

/** A login, and when it expires: milliseconds since 1970, or null for never. */
export interface RenewedCredentials {
  readonly nats: NatsCredentials;
  readonly expiresAt: number | null;
}

/**
 * Asks the keyring, through the platform, for a new NATS login. The answer is a frame that the keyring signed, and only
 * this executor can open it, for this request only. `NOT_ENROLLED` when the executor was revoked.
 */
export async function requestCredentials(
  state: Pick<ExecutorState, "identity" | "keyring" | "platform">,
  platformUrl: string,
): Promise<RenewedCredentials> {
  const { identity, keyring, platform } = state;
  const requestId = newId("request");
  const body: CredentialsRequest = { executorId: executorId.parse(identity.id) };
  const header = { v: 1, kind: "credentials.request", subject: credentialsPath, sender: identity.id } as const;
  const frame = signFrame(identity, { ...header, requestId, time: Date.now() }, encodeJson(body));
  const answer = await postFrame({ platformUrl, path: credentialsPath }, frame, "NOT_ENROLLED");
  const opened = openFrame(answer, {
    findKey: (sender) => (sender === keyring.id ? keyring.signPublic : undefined),
    expect: { kind: "credentials.reply", subject: subjects.keyring("credentials") },
    now: Date.now(),
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  const reply = decode(credentialsReply, opened.body);
  if (reply.executorId !== identity.id) {
    throw new SealrunError("BAD_SIGNATURE", "The keyring's answer is for another executor");
  }
  const context = credentialsContext({ platformId: platform.id, executorId: identity.id, requestId });
  const credentials = openBoxed(identity.box, context, fromBase64(reply.credentials));
  return { nats: decode(natsCredentials, credentials), expiresAt: reply.expiresAt };
}
