import { z } from "zod";
import { key32 } from "../text/bytes-text.ts";

/** The key pairs of one part, as its 0600 file holds them: Ed25519 seeds and X25519 private keys, 32 bytes each. */
export const identityFile = z.object({
  id: z.string().min(1).max(64),
  signPublic: key32,
  signPrivate: key32,
  boxPublic: key32,
  boxPrivate: key32,
});
export type IdentityFile = z.infer<typeof identityFile>;

/** The public halves, which the other part gets at setup. */
export const publicIdentity = identityFile.pick({ id: true, signPublic: true, boxPublic: true });
export type PublicIdentity = z.infer<typeof publicIdentity>;
