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

/**
 * Opens the grant for one attempt of this executor in the keyring's answer, which may hold grants for others too. Checks
 * every signature and every owner in it.
 */
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
  const { items } = decode(grantReply, opened.body);
  const own = items.find(({ executionId }) => executionId === event.executionId);
  if (own?.ok !== true) throw new SealrunError("NO_GRANT", "The keyring's answer holds no grant of this execution");
  const content = decode(grant, openBoxed(trust.box, context, fromBase64(own.grant)));
  const keys = new Map(content.secrets.map(({ name, key }) => [name, fromBase64(key)]));
  const owners = { service: event.package.id, project: event.project.id, platform: event.platformId };
  return {
    secretKey: (name) => keys.get(name),
    parametersKey: content.parameters === undefined ? undefined : fromBase64(content.parameters),
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
