import { anyAge, type KeyPair, fromBase64, grantContext, openBoxed, openFrame } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import {
  decode,
  type ExecutionEvent,
  type Grant,
  grant,
  grantReply,
  keyringSender,
  SealrunError,
  subjects,
} from "@sealrun/protocol";

/**
 * Opens the grant for one attempt of this executor in the keyring's answer, which may hold grants for others too. Checks
 * the answer's signature; the statements about scope keys in it are checked where they are used.
 */
export function openGrant(
  frame: Uint8Array,
  event: ExecutionEvent,
  trust: { readonly keyring: Peer; readonly executorId: string; readonly box: KeyPair; readonly attempt: number },
): Grant {
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
  const { items } = decode(grantReply, opened.body);
  const own = items.find(({ executionId }) => executionId === event.executionId);
  if (own?.ok !== true) throw new SealrunError("NO_GRANT", "The keyring's answer holds no grant of this execution");
  return decode(grant, openBoxed(trust.box, context, fromBase64(own.grant)));
}
