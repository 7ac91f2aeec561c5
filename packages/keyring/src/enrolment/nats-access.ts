import { readPrivateFile } from "@sealrun/key-files";
import { executorPermissions, mintUser, readUserJwt } from "@sealrun/nats";
import { type ExecutorId, type NatsCredentials, type PoolId, SealrunError } from "@sealrun/protocol";
import type { KeyringConfig } from "../config.ts";

/** What an executor may log in to NATS with, and until when: milliseconds since 1970, or null. */
interface ExecutorLogin {
  readonly credentials: NatsCredentials;
  readonly expiresAt: number | null;
}

/** Gives executors their logins. */
export interface NatsAccess {
  /** A login that is good for this executor and this pool alone, where the server can tell. */
  credentialsFor(executor: ExecutorId, pool: PoolId): Promise<ExecutorLogin>;
}

const defaultLifetimeMs = 3_600_000;

/**
 * Short logins signed with the account's signing key; the account is that of the keyring's own login. Without such a
 * key the password in the settings, for all. Fails with `CONFIG_INVALID`.
 */
export async function openNatsAccess(config: KeyringConfig): Promise<NatsAccess> {
  const { natsAccountSeedFile: seedFile, executorNats } = config;
  if (executorNats !== undefined) {
    return { credentialsFor: async () => ({ credentials: executorNats, expiresAt: null }) };
  }
  if (seedFile === undefined) {
    throw new SealrunError(
      "CONFIG_INVALID",
      "The keyring's settings hold neither natsAccountSeedFile nor executorNats",
    );
  }
  if (!("jwt" in config.nats)) {
    throw new SealrunError(
      "CONFIG_INVALID",
      "natsAccountSeedFile needs a login of the same account: give url, jwt and seed as nats, or executorNats instead",
    );
  }
  const { accountId } = readUserJwt(config.nats.jwt);
  const issuer = { accountId, signingSeed: await readSeed(seedFile) };
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

async function readSeed(file: string): Promise<string> {
  const seed = Buffer.from(await readPrivateFile(file, "CONFIG_INVALID"))
    .toString("latin1")
    .trim();
  if (/^SA[A-Z2-7]{56}$/.test(seed)) return seed;
  throw new SealrunError(
    "CONFIG_INVALID",
    `${file} holds no seed of a NATS account; expected SA and 56 letters and digits`,
  );
}
