import {
  enrolmentContext,
  fingerprint,
  type Identity,
  newId,
  randomBytes,
  sealWithKey,
  type SymmetricKey,
  toBase64,
  tokenSecretDigest,
  wipe,
} from "@sealrun/crypto";
import type { Database } from "@sealrun/postgres";
import {
  encodeEnrolmentToken,
  enrolmentId,
  keyringSender,
  limits,
  poolId,
  type ProjectRights,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { addToken, ensurePool } from "./store.ts";

/** The rights of the executor that uses a token. */
export interface TokenRights {
  /** The pool's name; the pool is made when it does not exist. */
  readonly pool: string;
  readonly projects: ProjectRights;
}

const poolName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The context of a token's digest under the root key. No executor can have the keyring's id. */
export function tokenContext(tokenId: string): ReturnType<typeof enrolmentContext> {
  return enrolmentContext({ enrolmentId: tokenId, executorId: keyringSender });
}

/** A new one-time token as text, valid for 15 minutes. Its secret is stored nowhere else. `NAME_NOT_ALLOWED`. */
export async function issueToken(
  deps: {
    readonly database: Database;
    readonly rootKey: SymmetricKey;
    readonly identity: Identity;
    readonly publicUrl: string;
  },
  rights: TokenRights,
): Promise<string> {
  if (!poolName.test(rights.pool)) {
    throw new SealrunError(
      "NAME_NOT_ALLOWED",
      "A pool's name starts with a letter or digit and has only letters, digits, _ and -, at most 64 characters",
    );
  }
  const id = enrolmentId.parse(newId("enrolment"));
  const secret = randomBytes(32);
  const digest = tokenSecretDigest(secret);
  const sealedDigest = sealWithKey(deps.rootKey, tokenContext(id), digest);
  wipe(digest);
  const name = await deps.database.transaction(async (sql) => {
    const pool = await ensurePool(sql, rights.pool, poolId.parse(newId("pool")));
    const lifetimeMs = limits.enrolmentLifetimeMs;
    await addToken(sql, { id, sealedDigest, poolId: pool.id, projects: rights.projects, lifetimeMs });
    await recordAudit(sql, { action: "token", detail: { token: id, pool: pool.name, projects: rights.projects } });
    return pool.name;
  });
  return encodeEnrolmentToken({
    id,
    secret: toBase64(secret),
    url: deps.publicUrl,
    pool: name,
    projects: rights.projects,
    fingerprint: fingerprint(deps.identity.signPublic),
    keyringBoxPublic: toBase64(deps.identity.box.publicKey),
  });
}
