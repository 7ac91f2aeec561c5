import { SealrunError } from "@sealrun/protocol";
import { concatBytes, exactly } from "../bytes/bytes.ts";

/*
 * "SRE" 0x01 | algorithm | padding | key id [16] | (algorithm 2: ephemeral public key [32]) | nonce [24] |
 * commitment [32] | secretbox(padded plaintext)
 *
 * The header is everything before the nonce. Algorithm 1 is a symmetric key, 2 is X25519 to a public key. An unknown
 * version, algorithm or padding is refused, never guessed.
 */
const magic: readonly number[] = [0x53, 0x52, 0x45];
const version = 1;
const paddingRule = 1;
const fixedBytes = 6;
const keyIdBytes = 16;
const publicKeyBytes = 32;
const nonceBytes = 24;
const commitmentBytes = 32;
const boxOverheadBytes = 16;

interface EnvelopeParts {
  readonly keyId: Uint8Array;
  readonly header: Uint8Array;
  /** Header and nonce: enough to derive the message key. */
  readonly prefix: Uint8Array;
  readonly nonce: Uint8Array;
  readonly commitment: Uint8Array;
  readonly box: Uint8Array;
}

/** The parts of an envelope, as views into its bytes. */
export type Envelope =
  | (EnvelopeParts & { readonly algorithm: 1 })
  | (EnvelopeParts & { readonly algorithm: 2; readonly ephemeral: Uint8Array });

/** The parts of a prefix, as views into its bytes. */
export type Prefix = Omit<EnvelopeParts, "commitment" | "box"> &
  ({ readonly algorithm: 1 } | { readonly algorithm: 2; readonly ephemeral: Uint8Array });

/** Header and nonce of an envelope; an ephemeral public key makes it algorithm 2. */
export function formatPrefix(keyId: Uint8Array, nonce: Uint8Array, ephemeral?: Uint8Array): Uint8Array {
  const algorithm = ephemeral === undefined ? 1 : 2;
  return concatBytes(
    Uint8Array.of(...magic, version, algorithm, paddingRule),
    exactly(keyId, keyIdBytes, "a key id"),
    ephemeral === undefined ? new Uint8Array(0) : exactly(ephemeral, publicKeyBytes, "a public key"),
    exactly(nonce, nonceBytes, "a nonce"),
  );
}

/** Splits an envelope into its parts without opening it, to find its key. Throws `BAD_FORMAT` for other bytes. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const start = readStart(bytes);
  const boxAt = start.prefix.length + commitmentBytes;
  if (bytes.length < boxAt + boxOverheadBytes) throw notAnEnvelope("it ends too early");
  return { ...start, commitment: bytes.subarray(start.prefix.length, boxAt), box: bytes.subarray(boxAt) };
}

/** Splits header and nonce into their parts. Throws `BAD_FORMAT` for other bytes, and when bytes follow. */
export function readPrefix(bytes: Uint8Array): Prefix {
  const start = readStart(bytes);
  if (bytes.length !== start.prefix.length) throw notAnEnvelope("bytes follow its nonce");
  return start;
}

/** A copy of header and nonce: what the keyring needs to derive a message key, without the ciphertext. */
export function envelopePrefix(envelope: Uint8Array): Uint8Array {
  return new Uint8Array(readEnvelope(envelope).prefix);
}

function readStart(bytes: Uint8Array): Prefix {
  if (!magic.every((byte, index) => bytes[index] === byte)) throw notAnEnvelope("it does not start with SRE");
  if (bytes[3] !== version) throw notAnEnvelope("its version is unknown");
  const algorithm = bytes[4];
  if (algorithm !== 1 && algorithm !== 2) throw notAnEnvelope("its algorithm is unknown");
  if (bytes[5] !== paddingRule) throw notAnEnvelope("its padding is unknown");
  const headerEnd = fixedBytes + keyIdBytes + (algorithm === 2 ? publicKeyBytes : 0);
  const prefixEnd = headerEnd + nonceBytes;
  if (bytes.length < prefixEnd) throw notAnEnvelope("it ends too early");
  const parts = {
    keyId: bytes.subarray(fixedBytes, fixedBytes + keyIdBytes),
    header: bytes.subarray(0, headerEnd),
    prefix: bytes.subarray(0, prefixEnd),
    nonce: bytes.subarray(headerEnd, prefixEnd),
  };
  if (algorithm === 1) return { ...parts, algorithm };
  return { ...parts, algorithm, ephemeral: bytes.subarray(fixedBytes + keyIdBytes, headerEnd) };
}

function notAnEnvelope(why: string): SealrunError {
  return new SealrunError("BAD_FORMAT", `Expected a sealed value, but ${why}`);
}
