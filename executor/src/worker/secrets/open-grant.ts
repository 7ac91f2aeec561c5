import { anyAge, type KeyPair, fromBase64, grantContext, openBoxed, openFrame, verifyScopeKey } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import {
  decode,
  type ExecutionEvent,
  grant,
  grantReply,
  keyringSender,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import type { OpenGrant } from "../../between/attempt.ts";

/** Opens the keyring's grant for one attempt of this executor. Checks every signature and every owner in it. */
export function openGrant(
  frame: Uint8Array,
  event: ExecutionEvent,
  trust: { readonly keyring: Peer; readonly executorId: string; readonly box: KeyPair; readonly attempt: number },
): OpenGrant {
  const opened = openFrame(frame, {
    findKey: (sender) => (sender === keyringSender ? trust.keyring.signPublic : undefined),
    expect: { kind: "grant.reply", subject: subjects.keyring("grant") },
    // Only the context of this one attempt opens the grant.
    ...anyAge,
  });
  const context = grantContext({
    platformId: event.platformId,
    executionId: event.executionId,
    attempt: trust.attempt,
    executorId: trust.executorId,
  });
  const boxed = fromBase64(decode(grantReply, opened.body).grant);
  const content = decode(grant, openBoxed(trust.box, context, boxed));
  const uploads = new Map(
    content.uploads.map((upload) => [
      `${upload.keyId} ${upload.ephemeral}`,
      { shared: fromBase64(upload.shared), recipient: fromBase64(upload.recipient) },
    ]),
  );
  const owners = { service: event.package.id, project: event.project.id, platform: event.platformId };
  return {
    shared: (keyId, ephemeral) => uploads.get(`${keyId} ${ephemeral}`),
    eventDataKey: (id) => (content.eventData?.id === id ? fromBase64(content.eventData.key) : undefined),
    publicKey: (scope) => {
      const fields = verifyScopeKey(content.keys[scope], trust.keyring.signPublic);
      if (fields.scope !== scope || fields.ownerId !== owners[scope] || fields.platformId !== event.platformId) {
        throw new SealrunError("BAD_SIGNATURE", `The keyring's key for the scope ${scope} belongs to another owner`);
      }
      return fromBase64(fields.publicKey);
    },
  };
}
