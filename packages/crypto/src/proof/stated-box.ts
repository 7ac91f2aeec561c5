import { type FrameHeader, makeRoom } from "@sealrun/protocol";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { concatBytes, lengthPrefixed, utf8 } from "../bytes/bytes.ts";
import type { Identity } from "../keys/identity.ts";
import { sign, verify } from "../primitives/signature.ts";
import { checkPublicKey, type PublicKey } from "../primitives/x25519.ts";

const label = utf8("sealrun/box-key/v1\0");
/** Statements whose signature holds, by all that it covers and the key that signed it. The oldest one is dropped. */
const valid = new Set<string>();
const maxValid = 1_000;
const made = new WeakMap<Identity, StatedBox>();

/** Header fields in which a sender states its X25519 key to a receiver that knows only its Ed25519 key. */
export type StatedBox = Required<Pick<FrameHeader, "box" | "boxSignature">>;

/** The statement of an identity about itself, signed once. */
export function stateBox(identity: Identity): StatedBox {
  const { id, box, signPrivate } = identity;
  const signature = (): Uint8Array => sign(signPrivate, signedBytes(id, box.publicKey));
  const stated = made.get(identity) ?? { box: toBase64(box.publicKey), boxSignature: toBase64(signature()) };
  made.set(identity, stated);
  return stated;
}

/**
 * The X25519 key that the header's sender states; undefined without a statement that this Ed25519 key, which must be the
 * sender's, has signed. Any other part can repeat it: only the MAC proves the sender. Throws `LOW_ORDER_KEY`.
 */
export function readStatedBox(
  { sender, box, boxSignature }: Pick<FrameHeader, "sender" | "box" | "boxSignature">,
  signPublic: Uint8Array,
): PublicKey | undefined {
  if (box === undefined || boxSignature === undefined) return undefined;
  const boxPublic = checkPublicKey(fromBase64(box));
  const name = JSON.stringify([toBase64(signPublic), sender, box, boxSignature]);
  if (valid.has(name)) return boxPublic;
  if (!verify(signPublic, signedBytes(sender, boxPublic), fromBase64(boxSignature))) return undefined;
  makeRoom(valid, maxValid);
  valid.add(name);
  return boxPublic;
}

function signedBytes(id: string, boxPublic: PublicKey): Uint8Array {
  return concatBytes(label, lengthPrefixed(utf8(id), boxPublic));
}
