import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import * as keyring from "@sealrun/keyring";
import type { ContinueAudit } from "@sealrun/protocol";
import { readyMessage } from "../part-log.ts";
import type { StartPart } from "./part.ts";

export const startPart: StartPart = async (configFile, { openLog }) => {
  const config = await keyring.readConfig(configFile);
  const log = openLog(config.logLevel);
  const started = await keyring.start(config, { log });
  log.info({ fingerprint: started.fingerprint }, readyMessage);
  return started;
};

/** Writes a new enrolment token to a file of mode 0600; run it where the keyring runs. */
export async function writeEnrolmentToken(options: {
  readonly configFile: string;
  readonly outputFile: string;
  readonly pool: string;
  readonly url?: string | undefined;
}): Promise<void> {
  const config = await keyring.readConfig(options.configFile);
  const rights = { pool: options.pool, projects: "all" as const };
  const token = await keyring.issueEnrolmentToken(
    options.url === undefined ? config : { ...config, publicUrl: options.url },
    rights,
  );
  await writeFile(options.outputFile, `${token}\n`, { mode: 0o600 });
}

/** Takes an executor off the keyring's list; run it where the keyring runs. */
export async function revokeExecutor(configFile: string, executorId: string): Promise<void> {
  await keyring.revokeExecutor(await keyring.readConfig(configFile), executorId);
}

/** Checks the keyring's own audit; run it where the keyring runs. */
export async function verifyKeyringAudit(configFile: string, isFull: boolean): ReturnType<typeof keyring.verifyAudit> {
  return keyring.verifyAudit(await keyring.readConfig(configFile), { isFull });
}

/** Accepts that the times of the keyring's own audit go backwards after one link, in the name of the user who runs this. */
export async function continueKeyringAudit(
  configFile: string,
  { after, reason }: ContinueAudit,
): ReturnType<typeof keyring.continueAudit> {
  return keyring.continueAudit(await keyring.readConfig(configFile), { after, reason, by: userInfo().username });
}

/** New NATS accounts, and the logins of the platform and of the keyring on theirs. */
export async function makeNatsLogins(): Promise<{
  readonly accounts: keyring.NatsAccounts;
  readonly platform: keyring.MintedUser;
  readonly keyring: keyring.MintedUser;
}> {
  const accounts = await keyring.createNatsAccounts();
  const issuer = { accountId: accounts.account.id, signingSeed: accounts.accountSeed };
  return {
    accounts,
    platform: await keyring.mintUser(issuer, { name: "platform", permissions: keyring.platformPermissions }),
    keyring: await keyring.mintUser(issuer, { name: "keyring", permissions: keyring.keyringPermissions }),
  };
}
