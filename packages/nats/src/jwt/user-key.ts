import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";

/** A key of a NATS user in the text form of NATS. */
export interface UserKey {
  /** The public half. */
  readonly id: string;
  readonly seed: string;
}

/** The first bytes of an nkey: `U` for the public key of a user, `SU` for a user's seed. */
const prefixes = { public: [0xa0], seed: [0x95, 0x00] } as const;
/** A PKCS #8 document up to the 32 bytes of an Ed25519 key. */
const documentStart = Buffer.from("302e020100300506032b657004220420", "hex");
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The key of a user that follows from a secret and from names without a slash: who has the secret can tell the public
 * half again later. The library makes keys only from random bytes of its own.
 */
export function userKeyFrom(secret: string, ...names: readonly string[]): UserKey {
  const info = ["sealrun", "nats-user", "v1", ...names].join("/");
  const raw = Buffer.from(hkdfSync("sha256", secret, "", info, 32));
  const key = createPrivateKey({ key: Buffer.concat([documentStart, raw]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return { id: nkey(prefixes.public, Buffer.from(x, "base64url")), seed: nkey(prefixes.seed, raw) };
}

/** The text form of a key: base32 of its prefix, its bytes, and a checksum with the low byte first. */
function nkey(prefix: readonly number[], key: Uint8Array): string {
  const payload = [...prefix, ...key];
  const sum = checksum(payload);
  return base32([...payload, sum & 0xff, sum >> 8]);
}

/** CRC-16/XMODEM. */
function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021) & 0xffff;
  }
  return sum;
}

/** RFC 4648 base32 without padding. */
function base32(bytes: readonly number[]): string {
  let text = "";
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (5 - bits)) & 31);
}
