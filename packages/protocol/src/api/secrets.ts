import { z } from "zod";
import { fields } from "../text/document.ts";
import { showName } from "../text/show-text.ts";
import { executionId } from "../names.ts";
import { scope } from "../scope.ts";
import { scopeKeyStatement } from "../wire/scope-key.ts";
import { sealedSecret } from "./packages.ts";

/*
 * Three collections with the same verbs:
 *   /api/v1/platform/secrets   /api/v1/projects/:project/secrets   /api/v1/projects/:project/packages/:package/secrets
 */

/** How a version was set: by a push, a person, a script, an import, or (`boundary`) unencrypted and sealed by the platform. */
export const secretSource = z.enum(["push", "set", "script", "import", "boundary"]);
export type SecretSource = z.infer<typeof secretSource>;

/** A stored secret. No response of the API holds a value, sealed or not. */
export const secretInfo = z.object({
  name: z.string(),
  scope,
  version: z.number().int().positive(),
  /** Who wrote this version: a token's name, or `execution <id>`. */
  author: z.string(),
  /** Absent from older platforms. */
  source: secretSource.optional(),
  updatedAt: z.string(),
  /** When a run last read any version of it; null when none did. */
  lastRead: z.object({ version: z.number().int().positive(), at: z.string() }).nullable().optional(),
});
export type SecretInfo = z.infer<typeof secretInfo>;

/** `GET <collection>`: names, versions, authors, times. */
export const secretList = z.object({ secrets: z.array(secretInfo) });
export type SecretList = z.infer<typeof secretList>;

/** `GET <collection>/key`: the public key to seal to. */
export const secretKey = z.object({ key: scopeKeyStatement });
export type SecretKey = z.infer<typeof secretKey>;

/** `PUT <collection>`: all of them in one transaction, or none. */
export const putSecrets = fields({
  secrets: z.array(sealedSecret).min(1).max(2_000),
  /** How the values were set, for the history; `set` without it. */
  source: z.enum(["set", "import"]).optional(),
});
export type PutSecrets = z.infer<typeof putSecrets>;
/** The answer to a put or a delete. */
export const putSecretsAnswer = z.object({ secrets: z.array(secretInfo) });
export type PutSecretsAnswer = z.infer<typeof putSecretsAnswer>;

/** One version of a secret, without its value. The current version of an existing secret is the only one without an end. */
export const secretVersion = z.object({
  version: z.number().int().positive(),
  author: z.string(),
  source: secretSource,
  createdAt: z.string(),
  /** What ended it: a later version or a delete; null for the current version. */
  end: z.object({ kind: z.enum(["replaced", "deleted"]), at: z.string(), author: z.string() }).nullable(),
});
export type SecretVersion = z.infer<typeof secretVersion>;

/** `GET <collection>/:name/history`: every version, the newest first. */
export const secretHistory = z.object({ name: z.string(), scope, versions: z.array(secretVersion) });
export type SecretHistory = z.infer<typeof secretHistory>;

/** One scope that a lookup tries. */
export const explainedScope = z.object({
  scope,
  /** `deleted`: it was set before. */
  state: z.enum(["set", "deleted", "absent"]),
  /** True for the scope that answers. */
  answers: z.boolean(),
  /** True when it is set and a narrower scope answers. */
  shadowed: z.boolean(),
  /** The newest version, set or deleted; null when absent. */
  newest: secretVersion.nullable(),
});
export type ExplainedScope = z.infer<typeof explainedScope>;

/** `GET …/packages/:package/secrets/:name/explain`: which scope answers for the name in that package, and why. No value. */
export const secretExplanation = z.object({
  name: z.string(),
  project: z.string(),
  package: z.string(),
  /** In the order of the lookup. */
  scopes: z.array(explainedScope),
  /** Steps of the newest version, and whether the manifest lets each ask for the name. */
  steps: z.array(
    z.object({
      name: z.string(),
      allowed: z.boolean(),
      /** Whose list decides; null without a list. */
      declaredBy: z.enum(["package", "step"]).nullable(),
    }),
  ),
  /** The newest receipt row of this package about the name; null when no run asked for it. */
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

/** `GET /api/v1/projects/:project/secrets/overrides`: the project's secrets that packages of it have too. */
export const secretOverrides = z.object({
  overrides: z.array(
    z.object({
      name: z.string(),
      /** How many packages use their own secret of that name instead. */
      count: z.number().int().positive(),
      /** Up to 20 of them, by name. */
      packages: z.array(z.string()),
    }),
  ),
});
export type SecretOverrides = z.infer<typeof secretOverrides>;

/** `GET <collection>/:name/uses`: packages that use this secret. */
export const secretUses = z.object({
  name: z.string(),
  scope,
  uses: z.array(
    z.object({
      project: z.string(),
      package: z.string(),
      /** True when a narrower scope answers there, so that this secret is not used now. */
      shadowed: z.boolean(),
      /** Documents of the newest version that refer to the name. */
      references: z.array(z.object({ file: z.string(), path: z.string() })),
      /** Whether the manifest of the newest version lists the name. */
      declared: z.boolean(),
      /** The newest run that read this secret; `execution` is null when retention has deleted it. */
      lastRead: z
        .object({
          execution: executionId.nullable(),
          step: z.string(),
          version: z.number().int().positive(),
          at: z.string(),
        })
        .nullable(),
    }),
  ),
});
export type SecretUses = z.infer<typeof secretUses>;

type Use = SecretUses["uses"][number];

const maxNamed = 10;

/**
 * Which packages would lose the value of a secret, and where they use it, as a sentence without its end; undefined when
 * none would. A package that has a narrower secret of that name loses nothing.
 */
export function describeLosers({ name, uses }: Pick<SecretUses, "name" | "uses">): string | undefined {
  const losing = uses.filter(({ shadowed }) => !shadowed);
  if (losing.length === 0) return undefined;
  const named = losing.slice(0, maxNamed).map((use) => `${use.project}/${use.package} (${whyUsed(use)})`);
  const more = losing.length > maxNamed ? ` and ${losing.length - maxNamed} more` : "";
  return `${showName(name)} is used by ${named.join(", ")}${more}`;
}

/** `config.json, manifest.json`, or when it was read. */
function whyUsed({ references, declared, lastRead }: Use): string {
  const files = new Set([...references.map(({ file }) => file), ...(declared ? ["manifest.json"] : [])]);
  return files.size > 0 ? [...files].join(", ") : `read ${lastRead?.at ?? "before"}`;
}
