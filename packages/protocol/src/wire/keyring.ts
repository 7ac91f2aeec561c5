import { z } from "zod";
import { base64, key32 } from "../text/bytes-text.ts";
import { enrolmentId, eventId, executionId, executorId, packageId, platformId, poolId, projectId } from "../names.ts";
import { scope } from "../scope.ts";
import { scopeKeyStatement } from "./scope-key.ts";

/** Projects an executor may run: all, or these. */
export const projectRights = z.union([z.literal("all"), z.array(projectId)]);
export type ProjectRights = z.infer<typeof projectRights>;

/** What an enrolment token holds; as text it is `sre_` and the base64url of this JSON. */
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
 * An executor's signed wish to join (frame kind `enrol.request`, sender the executor's own new id). The frame's
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

/** Where an executor enrols, and the subject of its frame. */
export const enrolPath = "/api/v1/executors/enrol";

/** Body of `POST /api/v1/executors/enrol` and of `sealrun.keyring.enrol`: the executor's frame whole. */
export const enrolEnvelope = z.object({ frame: base64 });
/** The keyring's signed frame of kind `enrol.reply`, whole. */
export const enrolAnswer = z.object({ frame: base64 });

/** What the keyring answers; `credentials` is sealed to the executor: JSON of `natsCredentials`. */
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
 * What a part logs in to NATS with: a user JWT with the seed of its key (operator mode), or a password where the server
 * knows no JWTs.
 */
export const natsCredentials = z.union(
  [
    z.object({ url: z.string().min(1), jwt: z.string(), seed: z.string() }),
    z.object({ url: z.string().min(1), user: z.string(), password: z.string() }),
  ],
  { error: "expected text at url, jwt and seed, or at url, user and password" },
);
export type NatsCredentials = z.infer<typeof natsCredentials>;

/** Where an executor has its NATS credentials renewed: its own signed frame of kind `credentials.request`, whole. */
export const credentialsPath = "/api/v1/executors/credentials";
/** An executor's wish for new credentials; whose they are comes from the frame's signature. */
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
 * The platform asks who was revoked since a time of the keyring's (ISO 8601; null asks for all). The answer starts a
 * little earlier, since rows are not committed in the order of their times.
 */
export const revocationsRequest = z.object({ after: z.iso.datetime().nullable() });
export type RevocationsRequest = z.infer<typeof revocationsRequest>;
/** The earliest first, at most 1,000: ask again after the last for more. */
export const revocationsReply = z.object({
  ok: z.literal(true),
  executors: z.array(z.object({ id: executorId, revokedAt: z.iso.datetime() })),
});
export type RevocationsReply = z.infer<typeof revocationsReply>;

/** The platform says that an attempt is over: no lookup is answered for it any more. Said again, it is answered again. */
export const endGrantRequest = z.object({ executionId, attempt: z.number().int().positive() });
export type EndGrantRequest = z.infer<typeof endGrantRequest>;
/** The grant is ended, or there was none. */
export const endGrantReply = z.object({ ok: z.literal(true) });
export type EndGrantReply = z.infer<typeof endGrantReply>;

/** Gets or makes a scope's key pair. A package's project is recorded with its first key and never changes. */
export const scopeKeyRequest = z.object({ scope, ownerId: z.string(), projectId: projectId.optional() });
export type ScopeKeyRequest = z.infer<typeof scopeKeyRequest>;
/** The signed public key of a scope. */
export const scopeKeyReply = z.object({ ok: z.literal(true), statement: scopeKeyStatement });
export type ScopeKeyReply = z.infer<typeof scopeKeyReply>;

/**
 * One upload whose X25519 result a grant must hold. With `eventData`, of the event that started the run, it is sealed to
 * the project's key, and the grant holds one message key instead: it opens nothing else of the project's. `prefix`: the
 * envelope up to the nonce.
 */
export const uploadReference = z.object({
  keyId: z.string(),
  ephemeral: base64,
  eventData: z.object({ id: eventId, prefix: base64 }).optional(),
});
export type UploadReference = z.infer<typeof uploadReference>;

/** The platform asks for a grant; the executor's signed claim goes along whole. */
export const grantRequest = z.object({
  executorFrame: base64,
  executionId,
  attempt: z.number().int().positive(),
  executorId,
  packageId,
  projectId,
  uploads: z.array(uploadReference),
  /** Milliseconds since 1970; the keyring answers lookups of this attempt until then. */
  endsAt: z.number().int(),
});
export type GrantRequest = z.infer<typeof grantRequest>;
/** `grant` is sealed to the executor (context: grant, platform, execution, attempt, executor): JSON of `grant`. */
export const grantReply = z.object({ ok: z.literal(true), grant: base64 });
export type GrantReply = z.infer<typeof grantReply>;

/** What one attempt needs: X25519 results of its uploads, and the public keys it may seal with. */
export const grant = z.object({
  uploads: z.array(z.object({ keyId: z.string(), ephemeral: base64, shared: key32, recipient: key32 })),
  /** The 64-byte message key of the event's data, when an event started the run. */
  eventData: z.object({ id: eventId, key: base64 }).optional(),
  keys: z.object({ service: scopeKeyStatement, project: scopeKeyStatement, platform: scopeKeyStatement }),
});
export type Grant = z.infer<typeof grant>;

/**
 * The platform asks for message keys. The name of a secret comes from the executor's signed frame, never from here;
 * `key` is for state alone.
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
/** One 64-byte message key per entry, in the order asked. */
export const messageKeys = z.object({ keys: z.array(base64) });
export type MessageKeys = z.infer<typeof messageKeys>;
