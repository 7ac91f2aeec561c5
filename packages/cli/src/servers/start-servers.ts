import type { PostgresConfig } from "@sealrun/postgres";
import { type NatsCredentials, SealrunError } from "@sealrun/protocol";
import type { Environment } from "../setup/find-on-path.ts";
import type { Programs } from "../setup/find-programs.ts";
import { type Nats, startNats } from "./nats.ts";
import { startPostgres } from "./postgres.ts";

/** How the parts log in to NATS. */
interface NatsAccess {
  readonly platform: NatsCredentials;
  readonly keyring: NatsCredentials;
  /** Each executor gets its own login, signed with the key in this file; a server without signed logins gives all the same. */
  readonly executors: { readonly executorSigningFile: string } | { readonly login: NatsCredentials };
}

/** The servers behind one `sealrun dev`: started by it, or named by the environment. */
export interface Servers {
  readonly main: PostgresConfig;
  readonly keyring: PostgresConfig;
  readonly nats: NatsAccess;
  /** Settles when a server ends that dev has started. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Starts the servers that the environment does not name. If one fails to start, stops the other. */
export async function startServers(options: {
  readonly programs: Programs;
  readonly dataFolder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}): Promise<Servers> {
  const { programs, dataFolder, environment, signal } = options;
  const databases = databasesOf(environment);
  const bus = natsOf(environment);
  const [postgres, nats] = await Promise.allSettled([
    databases === undefined ? startPostgres({ programs, dataFolder, signal }) : undefined,
    bus === undefined ? startNats({ programs, dataFolder, signal }) : undefined,
  ]);
  const stop = async (): Promise<void> => {
    if (nats.status === "fulfilled") await nats.value?.stop();
    if (postgres.status === "fulfilled") await postgres.value?.stop();
  };
  if (postgres.status === "rejected" || nats.status === "rejected") {
    await stop();
    throw postgres.status === "rejected" ? postgres.reason : nats.status === "rejected" ? nats.reason : undefined;
  }
  const addresses = databases ?? postgres.value;
  const own = nats.value;
  const login = own === undefined ? bus : accessOf(own);
  if (addresses === undefined || login === undefined) throw new SealrunError("INTERNAL", "");
  return {
    main: addresses.main,
    keyring: addresses.keyring,
    nats: login,
    ended: Promise.race([endOf(postgres.value?.ended, "PostgreSQL"), endOf(own?.ended, "NATS")]),
    stop,
  };
}

/** Settles with the server's name once it has ended; never for a server that was not started. */
async function endOf(ended: Promise<unknown> | undefined, name: string): Promise<string> {
  await (ended ?? new Promise(() => undefined));
  return name;
}

function accessOf({ platform, keyring, executorSigningFile }: Nats): NatsAccess {
  return { platform, keyring, executors: { executorSigningFile } };
}

function databasesOf(
  environment: Environment,
): { readonly main: PostgresConfig; readonly keyring: PostgresConfig } | undefined {
  const main = environment["SEALRUN_POSTGRES_URL"];
  const keyring = environment["SEALRUN_KEYRING_POSTGRES_URL"];
  if (main === undefined && keyring === undefined) return undefined;
  if (main === undefined || keyring === undefined || main === keyring) {
    throw new SealrunError(
      "CONFIG_INVALID",
      "Give two different databases, SEALRUN_POSTGRES_URL and SEALRUN_KEYRING_POSTGRES_URL, or neither",
    );
  }
  return { main: { url: main }, keyring: { url: keyring } };
}

function natsOf(environment: Environment): NatsAccess | undefined {
  const text = environment["SEALRUN_NATS_URL"];
  if (text === undefined) return undefined;
  if (!URL.canParse(text))
    throw new SealrunError("CONFIG_INVALID", "SEALRUN_NATS_URL is not a URL; expected nats://user:password@host:4222");
  const url = new URL(text);
  const login = {
    url: `${url.protocol}//${url.host}`,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return { platform: login, keyring: login, executors: { login } };
}
