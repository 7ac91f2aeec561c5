import { readPrivateFile } from "@sealrun/key-files";
import { executorPermissions, mintUser, type NatsIssuer, readUserJwt } from "@sealrun/nats";
import { decode, type ExecutorId, type NatsCredentials, type PoolId, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
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

/** Who signs the executors' logins, as `natsAccountSeedFile` holds it. */
const issuerFile = z.object({
  accountId: z.string().regex(/^A[A-Z2-7]{55}$/),
  signingSeed: z.string().regex(/^SA[A-Z2-7]{56}$/),
});

/**
 * Short logins of the executors' account, signed with that account's signing key. Without such a key the password in the
 * settings, for all. Fails with `CONFIG_INVALID`.
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
      "natsAccountSeedFile is for a server that knows signed logins: give url, jwt and seed as nats, or executorNats instead",
    );
  }
  const issuer = await readIssuer(seedFile);
  if (issuer.accountId === readUserJwt(config.nats.jwt).accountId) {
    throw new SealrunError("CONFIG_INVALID", `${seedFile} is of the keyring's own account; ${remedy}`);
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

const remedy = 'executors need an account of their own: "sealrun nats-setup" makes both';

async function readIssuer(file: string): Promise<NatsIssuer> {
  const bytes = await readPrivateFile(file, "CONFIG_INVALID");
  try {
    return decode(issuerFile, bytes);
  } catch {
    // No cause: what the file holds is secret.
    const expected = '{"accountId": "A…", "signingSeed": "SA…"}, as executor-signing.json of "sealrun nats-setup"';
    const isOld = /^SA[A-Z2-7]{56}\s*$/.test(Buffer.from(bytes).toString("latin1"));
    const why = isOld ? `a seed alone, as it was once; ${remedy}` : "something else";
    throw new SealrunError("CONFIG_INVALID", `${file} should hold ${expected}, and holds ${why}`);
  }
}
