import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { decode, SealrunError, errorCodeOf } from "@sealrun/protocol";
import { z } from "zod";
import type { NatsTrust } from "./nats-config.ts";
import { ensureFolder, writePrivateFile } from "../files/private-files.ts";

const account = z.object({ id: z.string(), jwt: z.string() });
const trustFile = z.object({
  operatorJwt: z.string(),
  systemAccount: account,
  account,
  /** Missing in files made before executors had their own account. */
  executorAccount: account.optional(),
});
const signingFile = z.object({
  /** Missing in files made before logins of executors could be revoked. */
  revocation: z.object({}).optional(),
});
const loginFile = z.object({ url: z.string(), jwt: z.string(), seed: z.string() });

/** What a part logs in to NATS with in operator mode. */
export type NatsLogin = z.infer<typeof loginFile>;

/** Names of the files of one server's accounts, all of mode 0600. */
const files = {
  /** What the server must know. */
  trust: "account.json",
  /** Signs the accounts again if one changes: keep it away from the machines. */
  operatorSeed: "operator.seed",
  /** Signs the executors' logins, and revokes them; only the keyring has it. */
  executorSigning: "executor-signing.json",
  platform: "platform-nats.json",
  keyring: "keyring-nats.json",
  server: "nats-server.conf",
} as const;

/** The accounts' files, read back. */
export interface NatsAccountFiles {
  readonly trust: NatsTrust;
  readonly platform: NatsLogin;
  readonly keyring: NatsLogin;
  readonly executorSigningFile: string;
}

/**
 * The accounts in a folder; the first call makes them, all or none. Accounts made before executors had their own, or before
 * their logins could be revoked, are replaced, and so are all logins.
 */
export async function ensureNatsAccount(folder: string, url: string, storeFolder?: string): Promise<NatsAccountFiles> {
  const found = await readNatsAccount(folder);
  if (found !== undefined && found !== "outdated") return found;
  if (found === "outdated") {
    // The streams belong to an account that has no login any longer; the platform fills new streams.
    if (storeFolder !== undefined) await rm(storeFolder, { recursive: true, force: true });
    await rm(folder, { recursive: true });
  }
  return createNatsAccountFiles({ folder, url });
}

/** The accounts to make: where, and for which server. */
export interface NewNatsAccount {
  /** Must not exist yet, or be empty. */
  readonly folder: string;
  /** Where the parts find the server. */
  readonly url: string;
  /** Makes the server's configuration, to be written beside the keys. */
  readonly serverConfig?: (trust: NatsTrust) => string;
}

/** Makes the files of new accounts, all or none. `DATA_FOLDER_UNUSABLE` for a folder that is not empty. */
export async function createNatsAccountFiles(options: NewNatsAccount): Promise<NatsAccountFiles> {
  const { folder, url } = options;
  // Loads the keyring's code, which only the first start needs.
  const { makeNatsLogins } = await import("../parts/keyring.ts");
  const { accounts: made, platform, keyring } = await makeNatsLogins();
  const { operatorJwt, systemAccount, account: own, executorAccount } = made;
  const trust = { operatorJwt, systemAccount, account: own, executorAccount };
  const { executorSigningSeed: signingSeed, revocation } = made;
  const signing = { accountId: executorAccount.id, signingSeed, revocation };
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await ensureFolder(draft);
  const write = async (name: string, text: string): Promise<void> => writePrivateFile(join(draft, name), `${text}\n`);
  await write(files.trust, JSON.stringify(trust, undefined, 2));
  await write(files.operatorSeed, made.operatorSeed);
  await write(files.executorSigning, JSON.stringify(signing, undefined, 2));
  await write(files.platform, JSON.stringify({ url, jwt: platform.jwt, seed: platform.seed }, undefined, 2));
  await write(files.keyring, JSON.stringify({ url, jwt: keyring.jwt, seed: keyring.seed }, undefined, 2));
  if (options.serverConfig !== undefined) await write(files.server, options.serverConfig(trust).trimEnd());
  await rename(draft, folder).catch((error: unknown) => {
    throw new SealrunError(
      "DATA_FOLDER_UNUSABLE",
      `${folder} cannot be created; remove the existing folder, or give another one`,
      {
        cause: error,
      },
    );
  });
  const read = await readNatsAccount(folder);
  if (read === undefined || read === "outdated")
    throw new SealrunError("DATA_FOLDER_UNUSABLE", `${folder} disappeared while it was created`);
  return read;
}

async function readNatsAccount(folder: string): Promise<NatsAccountFiles | "outdated" | undefined> {
  const trust = await readPart(join(folder, files.trust), trustFile);
  if (trust === undefined) return undefined;
  const { executorAccount } = trust;
  if (executorAccount === undefined) return "outdated";
  const signing = await readPart(join(folder, files.executorSigning), signingFile);
  if (signing !== undefined && signing.revocation === undefined) return "outdated";
  const [platform, keyring] = [
    await readPart(join(folder, files.platform), loginFile),
    await readPart(join(folder, files.keyring), loginFile),
  ];
  if (platform === undefined || keyring === undefined || signing === undefined) {
    throw new SealrunError(
      "DATA_FOLDER_UNUSABLE",
      `${folder} is incomplete; remove it, and the next start creates it again`,
    );
  }
  return {
    trust: { ...trust, executorAccount },
    platform,
    keyring,
    executorSigningFile: join(folder, files.executorSigning),
  };
}

async function readPart<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (errorCodeOf(error) === "ENOENT" || errorCodeOf(error) === "ENOTDIR") return undefined;
    throw new SealrunError("DATA_FOLDER_UNUSABLE", `${file} cannot be read; give the folder to this user`, {
      cause: error,
    });
  });
  return bytes === undefined ? undefined : decode(schema, bytes);
}
