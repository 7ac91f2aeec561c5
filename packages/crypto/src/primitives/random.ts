import { formatId, type idPrefixes } from "@sealrun/protocol";
import { randomBytes } from "#seam";

export { randomBytes };

/** A new id of that kind; parse it with the kind's schema from the protocol to get its brand. */
export function newId(kind: keyof typeof idPrefixes): string {
  return formatId(kind, randomBytes(20));
}
