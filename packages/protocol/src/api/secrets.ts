import { z } from "zod";
import { scope } from "../scope.ts";
import { scopeKeyStatement } from "../scope-key.ts";
import { sealedSecret } from "./packages.ts";

/*
 * Three collections with the same verbs:
 *   /api/v1/platform/secrets   /api/v1/projects/:project/secrets   /api/v1/projects/:project/packages/:package/secrets
 */

/** A stored secret. No response of the API holds a value, sealed or not. */
export const secretInfo = z.object({
  name: z.string(),
  scope,
  version: z.number().int().positive(),
  /** Who wrote this version: a token's name, or `execution <id>`. */
  author: z.string(),
  updatedAt: z.string(),
});
export type SecretInfo = z.infer<typeof secretInfo>;

/** `GET <collection>`: names, versions, authors, times. */
export const secretList = z.object({ secrets: z.array(secretInfo) });
export type SecretList = z.infer<typeof secretList>;

/** `GET <collection>/key`: what to seal with. */
export const secretKey = z.object({ key: scopeKeyStatement });
export type SecretKey = z.infer<typeof secretKey>;

/** `PUT <collection>`: all of them in one transaction, or none. */
export const putSecrets = z.object({ secrets: z.array(sealedSecret).min(1).max(2_000) });
export type PutSecrets = z.infer<typeof putSecrets>;
/** The answer to a put or a delete. */
export const putSecretsAnswer = z.object({ secrets: z.array(secretInfo) });
export type PutSecretsAnswer = z.infer<typeof putSecretsAnswer>;
