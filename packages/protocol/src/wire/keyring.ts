import { z } from "zod";
import { traceParent } from "./trace-context.ts";
import { fields } from "../text/document.ts";
import { base64, key32 } from "../text/bytes-text.ts";
import {
  enrolmentId,
  eventId,
  executionId,
  executorId,
  packageId,
  platformId,
  poolId,
  projectId,
  secretName,
} from "../names.ts";
import { limits } from "../limits.ts";
import { scope } from "../scope.ts";
import { failure } from "./execution.ts";
import { scopeKeyStatement } from "./scope-key.ts";

/** The projects that an executor may run: all, or a list. */
export const projectRights = z.union([z.literal("all"), z.array(projectId)]);
export type ProjectRights = z.infer<typeof projectRights>;

/** The content of an enrolment token. As text: `sre_` and the base64url of this JSON. */
export const enrolmentToken = z.object({
  id: enrolmentId,
  /** One-time secret, 32 bytes. It proves the token and is never sent. */
  secret: key32,
  url: z.url(),
  pool: z.string(),
  projects: projectRights,
  fingerprint: z.string(),
  /** The keyring's X25519 public key, with which the executor proves that it holds its own. */
  keyringBoxPublic: key32,
});
export type EnrolmentToken = z.infer<typeof enrolmentToken>;

/**
 * An executor's signed request to join (frame kind `enrol.request`, sender: the executor's new id). The frame's
 * signature proves the signing key; `proof` is HMAC-SHA256 over LP(token id, executor id, both public keys) under
 * HKDF-SHA256(X25519(executor, keyring) ‖ SHA-256(secret)) and proves the token and the receiving key.
 */
export const enrolRequest = z.object({
  tokenId: enrolmentId,
  executorId,
  signPublic: key32,
  boxPublic: key32,
  proof: base64,
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

/** The path where an executor enrols; also the subject of its frame. */
export const enrolPath = "/api/v1/executors/enrol";

/** Body of `POST /api/v1/executors/enrol` and of `sealrun.keyring.enrol`: the executor's whole frame. */
export const enrolEnvelope = fields({ frame: base64 });
/** The keyring's whole signed frame of kind `enrol.reply`. */
export const enrolAnswer = z.object({ frame: base64 });

/** The keyring's answer to an enrolment. `credentials` is sealed to the executor: JSON of `natsCredentials`. */
export const enrolReply = z.object({
  ok: z.literal(true),
  executorId,
  signPublic: key32,
  boxPublic: key32,
  pool: z.object({ id: poolId, name: z.string() }),
  projects: projectRights,
  platform: z.object({ id: platformId, signPublic: key32 }),
  keyring: z.object({ signPublic: key32 }),
  credentials: base64,
});
export type EnrolReply = z.infer<typeof enrolReply>;
/**
 * The login of a part at NATS: a user JWT with the seed of its key (operator mode), or a password when the server uses no
 * JWTs.
 */
export const natsCredentials = z.union(
  [
    z.object({ url: z.string().min(1), jwt: z.string(), seed: z.string() }),
    z.object({ url: z.string().min(1), user: z.string(), password: z.string() }),
  ],
  { error: "expected text at url, jwt and seed, or at url, user and password" },
);
export type NatsCredentials = z.infer<typeof natsCredentials>;

/** The same in a settings file, where a field that nothing reads is refused. */
export const natsSettings: z.ZodType<NatsCredentials> = z.union(
  [
    fields({ url: z.string().min(1), jwt: z.string(), seed: z.string() }),
    fields({ url: z.string().min(1), user: z.string(), password: z.string() }),
  ],
  { error: "expected only text at url, jwt and seed, or at url, user and password" },
);

/** The path where an executor renews its NATS credentials. Body: its whole signed frame of kind `credentials.request`. */
export const credentialsPath = "/api/v1/executors/credentials";
/** An executor's request for new credentials. The frame's signature proves which executor asks. */
export const credentialsRequest = z.object({ executorId });
export type CredentialsRequest = z.infer<typeof credentialsRequest>;
/** `credentials` is sealed to the executor: JSON of `natsCredentials`. `expiresAt`: milliseconds since 1970, or null. */
export const credentialsReply = z.object({
  ok: z.literal(true),
  executorId,
  credentials: base64,
  expiresAt: z.number().int().nullable(),
});
export type CredentialsReply = z.infer<typeof credentialsReply>;

/**
 * The platform asks which executors were revoked after a time on the keyring's clock (ISO 8601; null asks for all). The
 * answer starts a little earlier, because rows are not committed in the order of their times.
 */
export const revocationsRequest = z.object({ after: z.iso.datetime().nullable() });
export type RevocationsRequest = z.infer<typeof revocationsRequest>;
/** The earliest first, at most 1,000. For more, ask again with the time of the last one. */
export const revocationsReply = z.object({
  ok: z.literal(true),
  executors: z.array(z.object({ id: executorId, revokedAt: z.iso.datetime() })),
});
export type RevocationsReply = z.infer<typeof revocationsReply>;

/** The platform says that attempts are over: the keyring then answers no lookup for them. A repeated request is answered too. */
export const endGrantsRequest = z.object({
  ended: z
    .array(z.object({ executionId, attempt: z.number().int().positive() }))
    .min(1)
    .max(limits.batchItems),
});
export type EndGrantsRequest = z.infer<typeof endGrantsRequest>;
/** The grants are ended; an attempt without a grant has none. */
export const endGrantsReply = z.object({ ok: z.literal(true) });
export type EndGrantsReply = z.infer<typeof endGrantsReply>;

/** How large the tables of the keyring's database are. */
export const sizesRequest = z.strictObject({});
export type SizesRequest = z.infer<typeof sizesRequest>;
/** The largest first. */
export const sizesReply = z.object({
  ok: z.literal(true),
  tables: z.array(
    z.object({ name: z.string(), bytes: z.number().int().nonnegative(), rows: z.number().int().nonnegative() }),
  ),
});
export type SizesReply = z.infer<typeof sizesReply>;

/** Gets or makes a scope's key pair. A package's project is recorded with its first key and never changes. */
export const scopeKeyRequest = z.object({ scope, ownerId: z.string(), projectId: projectId.optional() });
export type ScopeKeyRequest = z.infer<typeof scopeKeyRequest>;
/** The signed public key of a scope. */
export const scopeKeyReply = z.object({ ok: z.literal(true), statement: scopeKeyStatement });
export type ScopeKeyReply = z.infer<typeof scopeKeyReply>;

/**
 * A value of an attempt's package that a grant must open. `prefix`: its envelope up to the nonce. The keyring binds the
 * message key to the place of this package and name, so that another value's prefix gives a key that opens nothing.
 */
export const grantedValue = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("secret"), name: secretName, prefix: base64 }),
  z.object({ kind: z.literal("parameters"), prefix: base64 }),
]);
export type GrantedValue = z.infer<typeof grantedValue>;

/** The data of the event that started a run; sealed to the project's key. */
export const grantedEventData = z.object({ id: eventId, prefix: base64 });
export type GrantedEventData = z.infer<typeof grantedEventData>;

/** What the grant of one attempt must hold. */
export const grantItem = z.object({
  executionId,
  attempt: z.number().int().positive(),
  packageId,
  projectId,
  /** At most `limits.grantSecrets` secrets, and the parameters. */
  values: z.array(grantedValue).max(limits.grantSecrets + 1),
  eventData: grantedEventData.optional(),
  /** Milliseconds since 1970; the keyring answers lookups of this attempt until then. */
  endsAt: z.number().int(),
  /** The span that started the execution; absent while tracing is off. */
  trace: traceParent.optional(),
});
export type GrantItem = z.infer<typeof grantItem>;

/** The platform asks for grants of different executions, and passes on the executor's whole signed claim of them. */
export const grantRequest = z.object({
  executorId,
  frame: base64,
  items: z
    .array(grantItem)
    .min(1)
    .max(limits.batchItems)
    .refine(
      (items) => new Set(items.map((item) => item.executionId)).size === items.length,
      "expected each execution once",
    ),
});
export type GrantRequest = z.infer<typeof grantRequest>;
/**
 * A verdict for each item, in the order asked; an item that is refused changes nothing. `grant` is sealed to the executor
 * (context: grant, platform, execution, attempt, executor): JSON of `grant`.
 */
export const grantReply = z.object({
  ok: z.literal(true),
  items: z.array(
    z.discriminatedUnion("ok", [
      z.object({ executionId, ok: z.literal(true), grant: base64 }),
      z.object({ executionId, ok: z.literal(false), error: failure }),
    ]),
  ),
});
export type GrantReply = z.infer<typeof grantReply>;

/**
 * The keys of one attempt: a 64-byte message key for each value, which opens that value and no other, and the public
 * keys that it may seal to.
 */
export const grant = z.object({
  secrets: z.array(z.object({ name: secretName, key: base64 })),
  parameters: base64.optional(),
  eventData: z.object({ id: eventId, key: base64 }).optional(),
  keys: z.object({ service: scopeKeyStatement, project: scopeKeyStatement, platform: scopeKeyStatement }),
});
export type Grant = z.infer<typeof grant>;

/**
 * The platform asks for message keys. The names of secrets come only from the executor's signed frame: one name without
 * a `name` here, or several `event-secret`, each of which must be named in the frame. `key` is only for state.
 */
export const keyringLookupRequest = z.object({
  executorFrame: base64,
  executionId,
  attempt: z.number().int().positive(),
  executorId,
  entries: z
    .array(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("secret"), scope, prefix: base64 }),
        z.object({ kind: z.literal("event-secret"), name: secretName, prefix: base64 }),
        z.object({ kind: z.literal("state"), key: z.string(), prefix: base64 }),
      ]),
    )
    .min(1),
});
export type KeyringLookupRequest = z.infer<typeof keyringLookupRequest>;
/** `keys` is sealed to the executor (context: lookup, …, request id of the executor's frame): JSON of `messageKeys`. */
export const keyringLookupReply = z.object({ ok: z.literal(true), keys: base64 });
export type KeyringLookupReply = z.infer<typeof keyringLookupReply>;
/** One 64-byte message key per entry, in the order of the request. */
export const messageKeys = z.object({ keys: z.array(base64) });
export type MessageKeys = z.infer<typeof messageKeys>;
