import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import type { Programs } from "../setup/find-programs.ts";
import { type BoundChild, startBoundChild } from "../process/bound-child.ts";
import { requireFreePort } from "./free-port.ts";
import { ensureNatsAccount, type NatsLogin } from "./nats-account.ts";
import { natsConfig, type NatsConfig } from "./nats-config.ts";
import { ensureFolder, writePrivateFile } from "../files/private-files.ts";
import { openServerLog } from "../files/rotating-log.ts";
import { waitUntilReady } from "../process/wait-until.ts";

/** A NATS server of a data folder on 127.0.0.1, with JetStream. */
export interface NatsServer {
  readonly url: string;
  /** Settles when the server ends, for whatever reason. */
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A NATS server in operator mode, with the logins of the parts. */
export interface Nats extends NatsServer {
  readonly platform: NatsLogin;
  readonly keyring: NatsLogin;
  /** The executors' account and the key with which the keyring signs their logins. */
  readonly executorSigningFile: string;
}

export interface NatsOptions {
  readonly programs: Pick<Programs, "natsServer" | "setpriv">;
  /** The server keeps its streams, keys, configuration and log in a folder below this one. */
  readonly dataFolder: string;
  /** 0, the default, lets the server choose a free one. */
  readonly port?: number;
  readonly signal?: AbortSignal | undefined;
}

const startTimeoutMs = 30_000;
const host = "127.0.0.1";

/** Starts the NATS server of a data folder. `PORT_TAKEN` names a given port that is in use. */
export async function startNats(options: NatsOptions): Promise<Nats> {
  const folder = join(options.dataFolder, "nats");
  await ensureFolder(folder);
  const account = await ensureNatsAccount(join(folder, "account"), `nats://${host}`, storeOf(folder));
  // Before operator mode, a data folder held passwords here.
  for (const user of ["platform", "keyring", "executor"]) await rm(join(folder, `${user}.password`), { force: true });
  const server = await startNatsServer(options, (config) => natsConfig(config, account.trust));
  // The port may differ from the last start's.
  const { url } = server;
  return {
    ...server,
    platform: { ...account.platform, url },
    keyring: { ...account.keyring, url },
    executorSigningFile: account.executorSigningFile,
  };
}

function storeOf(folder: string): string {
  return join(folder, "jetstream");
}

/** Starts a server with the configuration that `makeConfig` gives for its port and folders. */
export async function startNatsServer(
  options: NatsOptions,
  makeConfig: (config: NatsConfig) => string,
): Promise<NatsServer> {
  const folder = join(options.dataFolder, "nats");
  await ensureFolder(folder);
  const port = options.port ?? 0;
  if (port !== 0) await requireFreePort(host, port);
  const portsFolder = join(folder, "ports");
  await rm(portsFolder, { recursive: true, force: true });
  await ensureFolder(portsFolder);
  const config = makeConfig({ host, port, storeFolder: storeOf(folder), portsFolder });
  await writePrivateFile(join(folder, "nats.conf"), config);
  const { child, url } = await startServer(folder, options);
  const stop = async (): Promise<void> => void (await child.stop());
  return { url, ended: child.ended, stop };
}

async function startServer(
  folder: string,
  options: NatsOptions,
): Promise<{ readonly child: BoundChild; readonly url: string }> {
  const logFile = join(folder, "nats.log");
  const log = await openServerLog(logFile);
  const child = startBoundChild(options.programs.natsServer, ["--config", join(folder, "nats.conf")], {
    setpriv: options.programs.setpriv,
    deathSignal: "KILL",
    stopSignal: "SIGTERM",
    environment: {},
    output: log.fd,
  });
  await log.close();
  const portsFile = join(folder, "ports", `nats-server_${child.pid}.ports`);
  const waiting = { ended: child.ended, timeoutMs: startTimeoutMs, signal: options.signal };
  try {
    const readiness = await waitUntilReady(() => readUrl(portsFile), waiting);
    if (readiness.kind === "ready") return { child, url: readiness.value };
  } catch (error) {
    await child.stop();
    throw error;
  }
  await child.stop();
  throw new SealrunError("NATS_UNREACHABLE", `nats-server did not start in ${options.dataFolder}; see ${logFile}`);
}

/** The server writes this file once it accepts connections, JetStream included. */
async function readUrl(portsFile: string): Promise<string | undefined> {
  const text = await readFile(portsFile, "utf8").catch(() => "");
  const port = /"nats:\/\/127\.0\.0\.1:(\d+)"/.exec(text)?.[1];
  return port === undefined ? undefined : `nats://${host}:${port}`;
}
