import { z } from "zod";
import { base64, key32 } from "../text/bytes-text.ts";
import { enrolmentId, eventId, executionId, executorId, packageId, platformId, poolId, projectId } from "../names.ts";
import { scope } from "../scope.ts";
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
export const enrolEnvelope = z.object({ frame: base64 });
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

/** The platform says that an attempt is over: the keyring then answers no lookup for it. A repeated request is answered too. */
export const endGrantRequest = z.object({ executionId, attempt: z.number().int().positive() });
export type EndGrantRequest = z.infer<typeof endGrantRequest>;
/** The grant is ended, or there was no grant. */
export const endGrantReply = z.object({ ok: z.literal(true) });
export type EndGrantReply = z.infer<typeof endGrantReply>;

/** Gets or makes a scope's key pair. A package's project is recorded with its first key and never changes. */
export const scopeKeyRequest = z.object({ scope, ownerId: z.string(), projectId: projectId.optional() });
export type ScopeKeyRequest = z.infer<typeof scopeKeyRequest>;
/** The signed public key of a scope. */
export const scopeKeyReply = z.object({ ok: z.literal(true), statement: scopeKeyStatement });
export type ScopeKeyReply = z.infer<typeof scopeKeyReply>;

/**
 * A sealing batch whose X25519 result a grant must hold. With `eventData` it is the data of the event that started the
 * run, sealed to the project's key. The grant then holds one message key instead, which opens nothing else of the project.
 * `prefix`: the envelope up to the nonce.
 */
export const sealingBatch = z.object({
  keyId: z.string(),
  ephemeral: base64,
  eventData: z.object({ id: eventId, prefix: base64 }).optional(),
});
export type SealingBatch = z.infer<typeof sealingBatch>;

/** The platform asks for a grant, and passes on the executor's whole signed claim. */
export const grantRequest = z.object({
  executorFrame: base64,
  executionId,
  attempt: z.number().int().positive(),
  executorId,
  packageId,
  projectId,
  uploads: z.array(sealingBatch),
  /** Milliseconds since 1970; the keyring answers lookups of this attempt until then. */
  endsAt: z.number().int(),
});
export type GrantRequest = z.infer<typeof grantRequest>;
/** `grant` is sealed to the executor (context: grant, platform, execution, attempt, executor): JSON of `grant`. */
export const grantReply = z.object({ ok: z.literal(true), grant: base64 });
export type GrantReply = z.infer<typeof grantReply>;

/** The keys of one attempt: X25519 results of its sealing batches, and the public keys that it may seal to. */
export const grant = z.object({
  uploads: z.array(z.object({ keyId: z.string(), ephemeral: base64, shared: key32, recipient: key32 })),
  /** The 64-byte message key of the event's data, when an event started the run. */
  eventData: z.object({ id: eventId, key: base64 }).optional(),
  keys: z.object({ service: scopeKeyStatement, project: scopeKeyStatement, platform: scopeKeyStatement }),
});
export type Grant = z.infer<typeof grant>;

/**
 * The platform asks for message keys. The name of a secret comes only from the executor's signed frame; `key` is only for
 * state.
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
