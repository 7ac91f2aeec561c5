import type { Identity } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import { isSignedAnswer, type KeyringVerb, subjects } from "@sealrun/protocol";

/** What all requests to the keyring have in common. `KEYRING_UNREACHABLE` when no keyring answers. */
export function keyringCall(
  { link, identity, keyring }: { readonly link: NatsLink; readonly identity: Identity; readonly keyring: Peer },
  verb: KeyringVerb,
) {
  return {
    link,
    identity,
    peer: keyring,
    subject: subjects.keyring(verb),
    kind: verb,
    isSigned: isSignedAnswer(verb),
    unreachable: "KEYRING_UNREACHABLE",
  } as const;
}
