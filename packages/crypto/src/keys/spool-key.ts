import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8, wipe } from "../bytes/bytes.ts";
import type { SymmetricKey } from "../envelope/envelope.ts";
import type { Identity } from "./identity.ts";
import { rootKeyFromBytes } from "./key-check.ts";

const label = utf8("sealrun/spool-key/v1");

/** The key that an executor seals its spool with. Derived from its private key, so that it needs no key file. */
export function spoolKey(identity: Pick<Identity, "box">): SymmetricKey {
  const bytes = hkdf(sha256, identity.box.privateKey, undefined, label, 32);
  const key = rootKeyFromBytes(bytes);
  wipe(bytes);
  return key;
}
