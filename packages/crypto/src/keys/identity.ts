import { decode, type IdentityFile, identityFile, type PublicIdentity, SealrunError } from "@sealrun/protocol";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { equalBytes, utf8 } from "../bytes/bytes.ts";
import { ed25519Public, randomBytes, x25519Public } from "#seam";
import { generateKeyPair, type KeyPair } from "../primitives/x25519.ts";

/** A signer: an id and a raw Ed25519 pair. The private half is the 32-byte seed. */
export interface SigningIdentity {
  readonly id: string;
  readonly signPublic: Uint8Array;
  readonly signPrivate: Uint8Array;
}

/** The keys of one part: Ed25519 signs, X25519 (`box`) receives. */
export interface Identity extends SigningIdentity {
  readonly box: KeyPair;
}

/** New keys for the part with that id. */
export function generateIdentity(id: string): Identity {
  const signPrivate = randomBytes(32);
  return { id, signPublic: ed25519Public(signPrivate), signPrivate, box: generateKeyPair() };
}

/** The identity as JSON for a file of mode 0600: it holds the private keys. */
export function exportIdentity(identity: Identity): Uint8Array {
  const file: IdentityFile = {
    id: identity.id,
    signPublic: toBase64(identity.signPublic),
    signPrivate: toBase64(identity.signPrivate),
    boxPublic: toBase64(identity.box.publicKey),
    boxPrivate: toBase64(identity.box.privateKey),
  };
  return utf8(`${JSON.stringify(file, undefined, 2)}\n`);
}

/** The identity in an identity file. Throws `MALFORMED` for other JSON, and for a public key of another private key. */
export function importIdentity(file: Uint8Array): Identity {
  const read = decode(identityFile, file);
  const signPrivate = fromBase64(read.signPrivate);
  const boxPrivate = fromBase64(read.boxPrivate);
  const signPublic = matching(ed25519Public(signPrivate), read.signPublic, "signPublic");
  const boxPublic = matching(x25519Public(boxPrivate), read.boxPublic, "boxPublic");
  return { id: read.id, signPublic, signPrivate, box: { publicKey: boxPublic, privateKey: boxPrivate } };
}

/** The public part of an identity. */
export function toPublicIdentity(identity: Identity): PublicIdentity {
  return {
    id: identity.id,
    signPublic: toBase64(identity.signPublic),
    boxPublic: toBase64(identity.box.publicKey),
  };
}

function matching(derived: Uint8Array, stated: string, field: string): Uint8Array {
  if (equalBytes(derived, fromBase64(stated))) return derived;
  throw new SealrunError("MALFORMED", `Expected the public key of the private key at ${field}; the file was changed`);
}
