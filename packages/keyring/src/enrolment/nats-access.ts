import { readPrivateFile } from "@sealrun/key-files";
import { executorPermissions, mintUser, type NatsIssuer, readUserJwt } from "@sealrun/nats";
import { decode, type ExecutorId, type NatsCredentials, type PoolId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { KeyringConfig } from "../config.ts";

/** The NATS login of an executor, and when it expires: milliseconds since 1970, or null. */
interface ExecutorLogin {
  readonly credentials: NatsCredentials;
  readonly expiresAt: number | null;
}

/** Gives executors their logins. */
export interface NatsAccess {
  /** A login only for this executor and this pool, if the server supports signed logins. */
  credentialsFor(executor: ExecutorId, pool: PoolId): Promise<ExecutorLogin>;
}

const defaultLifetimeMs = 3_600_000;

/** The key that signs the executors' logins, as in `natsAccountSeedFile`. */
const issuerFile = z.object({
  accountId: z.string().regex(/^A[A-Z2-7]{55}$/),
  signingSeed: z.string().regex(/^SA[A-Z2-7]{56}$/),
});

/**
 * Short-lived logins of the executors' account, signed with its signing key. Without that key, the password in the
 * settings for all executors. Fails with `CONFIG_INVALID`.
 */
export async function openNatsAccess(config: KeyringConfig): Promise<NatsAccess> {
  const { natsAccountSeedFile: seedFile, executorNats } = config;
  if (executorNats !== undefined) {
    return { credentialsFor: async () => ({ credentials: executorNats, expiresAt: null }) };
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
    credentialsFor: async (executor, pool) => {
      const permissions = executorPermissions(executor, pool);
      const { jwt, seed, expiresAt } = await mintUser(issuer, { name: executor, permissions, lifetimeMs });
      return { credentials: { url, jwt, seed }, expiresAt };
    },
  };
}

const remedy = 'executors need their own account: "sealrun nats-setup" makes both';

async function readIssuer(file: string): Promise<NatsIssuer> {
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
