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

/** The servers that the environment names; `CONFIG_INVALID` names a variable that is missing or wrong. */
export function readServerSettings(environment: Environment): {
  readonly databases: { readonly main: PostgresConfig; readonly keyring: PostgresConfig } | undefined;
  readonly bus: NatsAccess | undefined;
} {
  return { databases: databasesOf(environment), bus: natsOf(environment) };
}

/** Starts the servers that the environment does not name. If one fails to start, stops the other. */
export async function startServers(options: {
  readonly programs: Programs;
  readonly dataFolder: string;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}): Promise<Servers> {
  const { programs, dataFolder, environment, signal } = options;
  const { databases, bus } = readServerSettings(environment);
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

const names = { main: "SEALRUN_POSTGRES_URL", keyring: "SEALRUN_KEYRING_POSTGRES_URL" } as const;

function wrong(sentence: string): SealrunError {
  return new SealrunError("CONFIG_INVALID", sentence);
}

function databasesOf(
  environment: Environment,
): { readonly main: PostgresConfig; readonly keyring: PostgresConfig } | undefined {
  const main = environment[names.main];
  const keyring = environment[names.keyring];
  if (main === undefined && keyring === undefined) return undefined;
  if (main === undefined) throw wrong(`${names.main} is missing: give two databases, or neither`);
  if (keyring === undefined) throw wrong(`${names.keyring} is missing: give two databases, or neither`);
  for (const [name, url] of [
    [names.main, main],
    [names.keyring, keyring],
  ] as const) {
    // The URL is not repeated: it may hold a password.
    if (!/^postgres(?:ql)?:$/.test(URL.parse(url)?.protocol ?? ""))
      throw wrong(`${name}: expected a URL such as postgres://user:password@host/database`);
  }
  if (main === keyring) throw wrong(`${names.main} and ${names.keyring} name the same database: give two`);
  return { main: { url: main }, keyring: { url: keyring } };
}

function natsOf(environment: Environment): NatsAccess | undefined {
  const text = environment["SEALRUN_NATS_URL"];
  if (text === undefined) return undefined;
  if (!URL.canParse(text)) throw wrong("SEALRUN_NATS_URL is not a URL; expected nats://user:password@host:4222");
  const url = new URL(text);
  const login = {
    url: `${url.protocol}//${url.host}`,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return { platform: login, keyring: login, executors: { login } };
}
