import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import * as executor from "@sealrun/executor";
import * as keyring from "@sealrun/keyring";
import * as platform from "@sealrun/platform";
import type { ContinueAudit, JsonObject, JsonValue, Manifest, SealrunError } from "@sealrun/protocol";
import { type Logger, pino } from "pino";
import { readyMessage } from "./part-log.ts";
import { closeInheritedDescriptors } from "./guard/close-descriptors.ts";
import { forbidCoreDumps } from "./guard/forbid-core-dumps.ts";

/** The built web UI: plain files, at the same distance from `src` and from `dist`. */
const webFolder = fileURLToPath(new URL("../../web/dist/", import.meta.url));

/** A process of the platform. */
export type PartName = "platform" | "keyring" | "executor";

/** What a command line may change in a part's settings. */
export interface PartOptions {
  /** Only for an executor: run scripts without a sandbox. Every execution then shows this. */
  readonly unsafeNoSandbox?: boolean | undefined;
  /** Only for a platform: hold every platform on its database until an admin ends the hold. */
  readonly hold?: boolean | undefined;
}

/** A part that runs. */
interface RunningPart {
  readonly close: () => Promise<void>;
  /** Only of an executor: settles when it was revoked. */
  readonly revoked?: Promise<SealrunError>;
}

/** Where a part runs. */
interface PartProcess {
  readonly signal: AbortSignal;
  /** Descriptors that were closed when the process started. */
  readonly closedDescriptors: readonly number[];
}

/**
 * Runs one part in this process until the signal aborts, with its log as JSON lines on standard output. The only file
 * that knows all three parts.
 */
export async function runPart(name: PartName, configFile: string, options: PartOptions & PartProcess): Promise<void> {
  const { signal, closedDescriptors } = options;
  const unlimited = await forbidCoreDumps();
  const part = await startOne(name, configFile, options, (log) => {
    // A descriptor that the command line named was open until the settings had been read from it.
    const descriptors = [...closedDescriptors, ...closeInheritedDescriptors()];
    if (descriptors.length > 0)
      log.warn({ descriptors }, "Closed descriptors that the program which started this part had left open");
    if (unlimited !== undefined) log.warn(unlimited);
  });
  const told = signal.aborted ? undefined : once(signal, "abort").then(() => undefined);
  const revoked = await Promise.race([told, ...(part.revoked === undefined ? [] : [part.revoked])]);
  await part.close();
  if (revoked !== undefined) throw revoked;
}

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

/** `MANIFEST_INVALID` for a manifest whose schedule the platform would refuse. */
export function checkSchedule(manifest: Manifest): void {
  platform.checkSchedule(manifest);
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

async function startOne(
  name: PartName,
  configFile: string,
  options: PartOptions,
  onLog: (log: Logger) => void,
): Promise<RunningPart> {
  switch (name) {
    case "platform": {
      const config = await platform.readConfig(configFile);
      const log = pino({ name, level: config.logLevel });
      onLog(log);
      const started = await platform.start(config, { log, webFolder, hold: options.hold });
      log.info({ url: started.url }, readyMessage);
      return started;
    }
    case "keyring": {
      const config = await keyring.readConfig(configFile);
      const log = pino({ name, level: config.logLevel });
      onLog(log);
      const started = await keyring.start(config, { log });
      log.info({ fingerprint: started.fingerprint }, readyMessage);
      return started;
    }
    case "executor": {
      const config = await executor.readConfig(configFile);
      const log = pino({ name, level: config.logLevel });
      onLog(log);
      const unsafeNoSandbox = options.unsafeNoSandbox ?? config.unsafeNoSandbox;
      const started = await executor.start({ ...config, unsafeNoSandbox }, { log });
      log.info({ executor: started.id }, readyMessage);
      return started;
    }
  }
}

/** What an executor with these settings finds on this machine. */
export async function examineExecutor(configFile: string): ReturnType<typeof executor.examineMachine> {
  return executor.examineMachine(await executor.readConfig(configFile));
}

/** jq as an executor runs it for references, for a run without a platform. */
export async function runJq(program: string, input: JsonObject): Promise<JsonValue> {
  return executor.runJq(program, input);
}
