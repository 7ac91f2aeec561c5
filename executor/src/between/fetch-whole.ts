import { concatBytes, fromBase64, sha256Hex } from "@sealrun/crypto";
import { type FetchRequest, SealrunError } from "@sealrun/protocol";
import type { Attempt } from "./attempt.ts";

/**
 * Fetches something in parts, until it is complete. Bytes that do not match a given digest are refused as `TAMPERED`.
 */
export async function fetchWhole(
  attempt: Pick<Attempt, "rpc">,
  what: FetchRequest["what"],
  digest?: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  let size = 1;
  while (offset < size) {
    const reply = await attempt.rpc.fetch({ what, offset });
    const bytes = fromBase64(reply.bytes);
    size = reply.size;
    offset += bytes.length;
    parts.push(bytes);
    if (bytes.length === 0 && offset < size) throw new SealrunError("BAD_FORMAT", "A fetched part was empty");
  }
  const whole = concatBytes(...parts);
  if (digest !== undefined && sha256Hex(whole) !== digest) {
    throw new SealrunError("TAMPERED", "The fetched bytes do not have the digest in the signed event");
  }
  return whole;
}
