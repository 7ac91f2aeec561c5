import { sha256 } from "@noble/hashes/sha2.js";
import { toHex } from "./hex.ts";

/** SHA-256 of the bytes, in lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
