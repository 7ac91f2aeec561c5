import { z } from "zod";
import { executionId } from "../names.ts";
import { scope } from "../scope.ts";
import { scopeKeyStatement } from "../wire/scope-key.ts";
import { sealedSecret } from "./packages.ts";

/*
 * Three collections with the same verbs:
 *   /api/v1/platform/secrets   /api/v1/projects/:project/secrets   /api/v1/projects/:project/packages/:package/secrets
 */

/** How a version came: with a package, by a person, from a script, in an import, or plain in an upload that the platform sealed. */
export const secretSource = z.enum(["push", "set", "script", "import", "boundary"]);
export type SecretSource = z.infer<typeof secretSource>;

/** A stored secret. No response of the API holds a value, sealed or not. */
export const secretInfo = z.object({
  name: z.string(),
  scope,
  version: z.number().int().positive(),
  /** Who wrote this version: a token's name, or `execution <id>`. */
  author: z.string(),
  /** Older platforms do not say. */
  source: secretSource.optional(),
  updatedAt: z.string(),
  /** When a run last read it, in whichever version; null when none did. */
  lastRead: z.object({ version: z.number().int().positive(), at: z.string() }).nullable().optional(),
});
export type SecretInfo = z.infer<typeof secretInfo>;

/** `GET <collection>`: names, versions, authors, times. */
export const secretList = z.object({ secrets: z.array(secretInfo) });
export type SecretList = z.infer<typeof secretList>;

/** `GET <collection>/key`: what to seal with. */
export const secretKey = z.object({ key: scopeKeyStatement });
export type SecretKey = z.infer<typeof secretKey>;

/** `PUT <collection>`: all of them in one transaction, or none. */
export const putSecrets = z.object({
  secrets: z.array(sealedSecret).min(1).max(2_000),
  /** How the values came, for the history; `set` without it. */
  source: z.enum(["set", "import"]).optional(),
});
export type PutSecrets = z.infer<typeof putSecrets>;
/** The answer to a put or a delete. */
export const putSecretsAnswer = z.object({ secrets: z.array(secretInfo) });
export type PutSecretsAnswer = z.infer<typeof putSecretsAnswer>;

/** One version of a secret, without its value. Exactly one version of a secret that is there has no end. */
export const secretVersion = z.object({
  version: z.number().int().positive(),
  author: z.string(),
  source: secretSource,
  createdAt: z.string(),
  /** What ended it: a later version, or a delete; null for the one that answers. */
  end: z.object({ kind: z.enum(["replaced", "deleted"]), at: z.string(), author: z.string() }).nullable(),
});
export type SecretVersion = z.infer<typeof secretVersion>;

/** `GET <collection>/:name/history`: every version, the newest first. */
export const secretHistory = z.object({ name: z.string(), scope, versions: z.array(secretVersion) });
export type SecretHistory = z.infer<typeof secretHistory>;

/** One scope on the way of a lookup. */
export const explainedScope = z.object({
  scope,
  /** `deleted`: it was set once. */
  state: z.enum(["set", "deleted", "absent"]),
  /** True for the one that answers. */
  answers: z.boolean(),
  /** True when it is set and a narrower scope answers. */
  shadowed: z.boolean(),
  /** The newest version, set or deleted; null when absent. */
  newest: secretVersion.nullable(),
});
export type ExplainedScope = z.infer<typeof explainedScope>;

/** `GET …/packages/:package/secrets/:name/explain`: why a name answers as it does in that package. Never a value. */
export const secretExplanation = z.object({
  name: z.string(),
  project: z.string(),
  package: z.string(),
  /** In the order in which they are asked. */
  scopes: z.array(explainedScope),
  /** Steps of the newest version, and whether the manifest lets each ask for the name. */
  steps: z.array(
    z.object({
      name: z.string(),
      allowed: z.boolean(),
      /** Whose list decides; null when there is none. */
      declaredBy: z.enum(["package", "step"]).nullable(),
    }),
  ),
  /** The newest row of a receipt of this package about the name; null when no run asked. */
  lastAsked: z
    .object({
      execution: executionId,
      attempt: z.number().int().positive().nullable(),
      step: z.string(),
      outcome: z.enum(["read", "missing", "refused"]),
      scope: scope.nullable(),
      version: z.number().int().positive().nullable(),
      at: z.string(),
    })
    .nullable(),
  /** Documents of the newest version whose text refers to the name, and where in them. */
  references: z.array(z.object({ file: z.string(), path: z.string() })),
});
export type SecretExplanation = z.infer<typeof secretExplanation>;

/** `GET <collection>/:name/uses`: packages that would notice if this secret went. */
export const secretUses = z.object({
  name: z.string(),
  scope,
  uses: z.array(
    z.object({
      project: z.string(),
      package: z.string(),
      /** True when a narrower scope answers there: this one is not used now. */
      shadowed: z.boolean(),
      /** Documents of the newest version that refer to the name. */
      references: z.array(z.object({ file: z.string(), path: z.string() })),
      /** Whether the manifest of the newest version lists the name. */
      declared: z.boolean(),
      /** The newest run that read this very secret. */
      lastRead: z
        .object({ execution: executionId, step: z.string(), version: z.number().int().positive(), at: z.string() })
        .nullable(),
    }),
  ),
});
export type SecretUses = z.infer<typeof secretUses>;
