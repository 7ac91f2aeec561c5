import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import type { Programs } from "../setup/find-programs.ts";
import { type BoundChild, startBoundChild } from "../process/bound-child.ts";
import { asUnprivileged, openCluster } from "./postgres-cluster.ts";
import { clearStalePostmaster, isReady, makeSocketFolder, removeSocketFolder } from "./postmaster.ts";
import { ensureFolder } from "../files/private-files.ts";
import { openServerLog } from "../files/rotating-log.ts";
import { waitUntilReady } from "../process/wait-until.ts";

/** How to reach one database, in the form that `pg` takes: `host` is the folder of a Unix socket. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The PostgreSQL server of a data folder. Each process gets one address and may not connect to the other's database. */
export interface Postgres {
  readonly main: DatabaseAddress;
  readonly keyring: DatabaseAddress;
  /** Set when the cluster was made with `keepSuperuser`. */
  readonly superuser: DatabaseAddress | undefined;
  /** Settles when the server ends, for whatever reason. */
  readonly ended: Promise<unknown>;
  /** Ends the server cleanly and removes its socket. */
  readonly stop: () => Promise<void>;
}

export interface PostgresOptions {
  readonly programs: Pick<Programs, "postgres" | "setpriv" | "unshare">;
  /** The server keeps its cluster, passwords and log in a folder below this one. */
  readonly dataFolder: string;
  /** False, for tests only: a crash of the machine may lose everything. */
  readonly isDurable?: boolean;
  readonly keepSuperuser?: boolean;
  readonly signal?: AbortSignal | undefined;
}

const port = 5432;
const startTimeoutMs = 60_000;

/**
 * Starts the PostgreSQL server of a data folder; the first time makes its cluster, roles and databases. It listens on
 * only a Unix socket. `DATA_FOLDER_UNUSABLE` names the folder when it cannot be written or a live server uses it.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const folder = join(options.dataFolder, "postgres");
  const cluster = join(folder, "cluster");
  await ensureFolder(options.dataFolder);
  const { programs, signal } = options;
  const { keepSuperuser = false, isDurable = true } = options;
  const passwords = await openCluster({ programs, folder, keepSuperuser, isDurable, signal });
  await clearStalePostmaster(cluster);
  const socketFolder = await makeSocketFolder(join(folder, "socket-folder"));
  const removeSocket = (): Promise<void> => removeSocketFolder(socketFolder);
  try {
    const child = await startServer(cluster, socketFolder, options);
    const address = (user: string, password: string, database: string): DatabaseAddress => ({
      host: socketFolder,
      port,
      user,
      password,
      database,
    });
    const { superuser } = passwords;
    return {
      main: address("platform", passwords.platform, "sealrun_main"),
      keyring: address("keyring", passwords.keyring, "sealrun_keyring"),
      superuser: superuser === undefined ? undefined : address("postgres", superuser, "postgres"),
      ended: child.ended,
      stop: async () => {
        await child.stop();
        await removeSocket();
      },
    };
  } catch (error) {
    await removeSocket();
    throw error;
  }
}

async function startServer(cluster: string, socketFolder: string, options: PostgresOptions): Promise<BoundChild> {
  const logFile = join(options.dataFolder, "postgres", "postgres.log");
  const { programs } = options;
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${socketFolder}`,
    "unix_socket_permissions=0700",
    `port=${port}`,
    "max_connections=200",
    // Values of a failing statement are ciphertext, and still do not belong in a log.
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    ...(options.isDurable === false ? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] : []),
  ].flatMap((setting) => ["-c", setting]);
  const [command = "", ...args] = asUnprivileged(programs, [programs.postgres.postgres, "-D", cluster, ...settings]);
  const log = await openServerLog(logFile);
  const child = startBoundChild(command, args, {
    setpriv: programs.setpriv,
    // An immediate stop, of the workers too: the next start replays the log. A clean stop could outlast this process by minutes.
    deathSignal: "QUIT",
    stopSignal: "SIGINT",
    environment: { ...programs.postgres.environment, LC_ALL: "C", TZ: "UTC" },
    output: log.fd,
  });
  await log.close();
  const isUp = async (): Promise<true | undefined> => ((await isReady(cluster, child.pid)) ? true : undefined);
  const waiting = { ended: child.ended, timeoutMs: startTimeoutMs, signal: options.signal };
  try {
    const readiness = await waitUntilReady(isUp, waiting);
    if (readiness.kind === "ready") return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
  await child.stop();
  throw new SealrunError("DATA_FOLDER_UNUSABLE", `PostgreSQL did not start in ${options.dataFolder}; see ${logFile}`);
}
