import { readPrivateFile } from "@sealrun/key-files";
import {
  executorPermissions,
  mintUser,
  pushRevocations,
  readUserJwt,
  type RevokedUser,
  signRevocations,
} from "@sealrun/nats";
import { decode, type ExecutorId, type NatsCredentials, type PoolId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { KeyringConfig } from "../config.ts";

/** The NATS login of an executor, and when it expires: milliseconds since 1970, or null. */
interface ExecutorLogin {
  readonly credentials: NatsCredentials;
  readonly expiresAt: number | null;
}

/** Tells the server whose logins it has to refuse. */
export interface LoginRevoker {
  /** The executors' account in which exactly these executors are revoked. */
  sign(revoked: readonly RevokedUser[]): Promise<string>;
  /** Gives such an account to the server. `NATS_UNREACHABLE` when it does not take it. */
  push(accountJwt: string): Promise<void>;
}

/** Gives executors their logins. */
export interface NatsAccess {
  /** Undefined when the server has no signed logins, or was set up without what revokes one. */
  readonly revoker: LoginRevoker | undefined;
  /** A login only for this executor and this pool, if the server supports signed logins. */
  credentialsFor(executor: ExecutorId, pool: PoolId): Promise<ExecutorLogin>;
}

const defaultLifetimeMs = 3_600_000;

/** The key that signs the executors' logins, as in `natsAccountSeedFile`. */
const issuerFile = z.object({
  accountId: z.string().regex(/^A[A-Z2-7]{55}$/),
  signingSeed: z.string().regex(/^SA[A-Z2-7]{56}$/),
  /** Missing in files made before logins could be revoked. */
  revocation: z
    .object({
      accountJwt: z.string(),
      operatorSigningSeed: z.string().regex(/^SO[A-Z2-7]{56}$/),
      login: z.object({ jwt: z.string(), seed: z.string().regex(/^SU[A-Z2-7]{56}$/) }),
    })
    .optional(),
});

/**
 * Short-lived logins of the executors' account, signed with its signing key. Without that key, the password in the
 * settings for all executors. Fails with `CONFIG_INVALID`.
 */
export async function openNatsAccess(config: KeyringConfig): Promise<NatsAccess> {
  const { natsAccountSeedFile: seedFile, executorNats } = config;
  if (executorNats !== undefined) {
    return { revoker: undefined, credentialsFor: async () => ({ credentials: executorNats, expiresAt: null }) };
  }
  if (seedFile === undefined) {
    throw new SealrunError(
      "CONFIG_INVALID",
      "The keyring's settings have neither natsAccountSeedFile nor executorNats; add one of them",
    );
  }
  if (!("jwt" in config.nats)) {
    throw new SealrunError(
      "CONFIG_INVALID",
      "natsAccountSeedFile needs a server with signed logins. Set url, jwt and seed in nats, or use executorNats instead",
    );
  }
  const issuer = await readIssuer(seedFile);
  if (issuer.accountId === readUserJwt(config.nats.jwt).accountId) {
    throw new SealrunError("CONFIG_INVALID", `${seedFile} belongs to the keyring's own account; ${remedy}`);
  }
  const url = config.executorNatsUrl ?? config.nats.url;
  const lifetimeMs = config.natsJwtMs ?? defaultLifetimeMs;
  return {
    revoker: revokerOf(issuer, config.nats.url),
    credentialsFor: async (executor, pool) => {
      const permissions = executorPermissions(executor, pool);
      const { jwt, seed, expiresAt } = await mintUser(issuer, { name: executor, permissions, lifetimeMs });
      return { credentials: { url, jwt, seed }, expiresAt };
    },
  };
}

function revokerOf({ revocation, ...issuer }: z.infer<typeof issuerFile>, url: string): LoginRevoker | undefined {
  if (revocation === undefined) return undefined;
  return {
    sign: async (revoked) => signRevocations(revocation, issuer, revoked),
    push: async (accountJwt) => pushRevocations({ url, accountId: issuer.accountId }, revocation, accountJwt),
  };
}

const remedy = 'executors need their own account: "sealrun nats-setup" makes both';

async function readIssuer(file: string): Promise<z.infer<typeof issuerFile>> {
  const bytes = await readPrivateFile(file, "CONFIG_INVALID");
  try {
    return decode(issuerFile, bytes);
  } catch {
    // No cause: the content of the file is secret.
    const expected = '{"accountId": "A…", "signingSeed": "SA…"}, as executor-signing.json of "sealrun nats-setup"';
    const isOld = /^SA[A-Z2-7]{56}\s*$/.test(Buffer.from(bytes).toString("latin1"));
    const why = isOld ? `only a seed, as in earlier versions; ${remedy}` : "something else";
    throw new SealrunError("CONFIG_INVALID", `${file} should contain ${expected}, but contains ${why}`);
  }
}
