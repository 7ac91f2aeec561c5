import { z } from "zod";
import { base64, key32 } from "../text/bytes-text.ts";
import { platformId } from "../names.ts";
import { scope } from "../scope.ts";

/** The public half of a scope key and its scope, which the keyring signs. */
export const scopeKeyFields = z.object({
  platformId,
  scope,
  /** Package id, project id or platform id. */
  ownerId: z.string().min(1).max(64),
  version: z.number().int().positive(),
  publicKey: key32,
});
export type ScopeKeyFields = z.infer<typeof scopeKeyFields>;

/** The bytes of a scope key's fields, and the keyring's signature over them: verified first, then parsed. */
export const scopeKeyStatement = z.object({ body: base64, signature: base64 });
export type ScopeKeyStatement = z.infer<typeof scopeKeyStatement>;
