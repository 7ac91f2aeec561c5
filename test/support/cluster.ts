import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportIdentity, generateIdentity, newId, toPublicIdentity } from "@sealrun/crypto";
import { issueEnrolmentToken, type KeyringConfig } from "@sealrun/keyring";
import type { PlatformConfig } from "@sealrun/platform";
import { type Database, openDatabase, type PostgresConfig } from "@sealrun/postgres";
import { type NatsCredentials, type PlatformId, platformId } from "@sealrun/protocol";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { type Clock, describeClock, findFaketime } from "./clock.ts";
import { type ClusterClient, createClusterClient } from "./cluster-client.ts";
import { freePort } from "./free-port.ts";
import { describeNats, type NatsMode, type NatsProcess } from "./nats-process.ts";
import { describePart, type PartKind, type PartProcess } from "./part-process.ts";
import { describePostgres, type PostgresProcess } from "./postgres-process.ts";
import { startPatiently } from "./start-patiently.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";
import { startWitness, type Witness } from "./witness.ts";

/** A part of a cluster and the wires that lead to its servers; an executor has none to PostgreSQL. */
export interface ClusterPart extends PartProcess {
  readonly wires: { readonly nats: TcpProxy; readonly postgres: TcpProxy | undefined };
}

/** Everything that sealrun consists of, as real processes that can be killed, stopped, starved and cut off. */
export interface Cluster extends ClusterClient {
  readonly folder: string;
  readonly programs: Programs;
  readonly token: string;
  readonly platformId: PlatformId;
  readonly storageKey: Uint8Array;
  readonly postgres: PostgresProcess;
  readonly nats: NatsProcess;
  readonly platforms: readonly ClusterPart[];
  readonly keyrings: readonly ClusterPart[];
  readonly executors: readonly ClusterPart[];
  readonly parts: readonly ClusterPart[];
  readonly witness: Witness;
  /** The part of this name: `platform-0`, `keyring-0`, `executor-0` … */
  readonly part: (name: string) => ClusterPart;
  /**
   * Another executor, enrolled at its first start; not started. `changes` are settings. With `diskBytes` state, `work`
   * and `cache` are in a `disk` of that size, which only it sees, and which is empty at each start: see `fillDisk`. With
   * `keepsState` as well the state is beside it, so that it can be started again.
   */
  readonly addExecutor: (
    changes?: Readonly<Record<string, unknown>>,
    place?: { readonly diskBytes?: number; readonly keepsState?: boolean },
  ) => Promise<ClusterPart>;
  /** The databases with full rights, for looking; closed with the cluster. After a restart of PostgreSQL ask again. */
  readonly database: (name: "main" | "keyring") => Promise<Database>;
  readonly close: () => Promise<void>;
}

/** How much of everything, and how short-lived it is. */
export interface ClusterOptions {
  readonly programs: Programs;
  /** Two unless said. */
  readonly platforms?: number;
  /** One unless said. */
  readonly keyrings?: number;
  /** Two unless said. */
  readonly executors?: number;
  readonly slots?: number;
  /** Limits of the parts that a test cannot wait for; `clusterLimits` without it, the real ones with `{}`. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Settings of each platform, besides those that it needs here. */
  readonly platformSettings?: Partial<PlatformConfig>;
  /** In operator mode, where executors' logins are short and renewed, an executor's wire to NATS is not in use. */
  readonly natsMode?: NatsMode;
  /** How long executors' logins live in operator mode: 40 s unless said. */
  readonly natsJwtMs?: number;
  /** Without crash points and injected failures, as people run it. */
  readonly asShipped?: boolean;
  /** Parts and PostgreSQL have wall clocks of their own: see `setClock`. */
  readonly clocks?: boolean;
  /** Each part notes its SQL statements, NATS messages, signatures and processes in the file `counts` of its folder. */
  readonly counts?: boolean;
  /** Variables of every part. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Leases that end while a test watches, and outlast two requests that are never answered and a restart. */
export const clusterLimits = {
  answerMs: 3_000,
  databaseAnswerMs: 10_000,
  databaseIdleMs: 5_000,
  databaseSilentMs: 2_000,
  leaseMs: 18_000,
  renewMs: 1_500,
  sweepGraceMs: 3_000,
  presenceMs: 1_000,
  absentMs: 5_000,
  killGraceMs: 1_000,
  // Disks of tests are small.
  diskReserveBytes: 1024 * 1024,
} as const;

/** Starts servers, then keyrings and platforms, then executors, each enrolled with a token of its own. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { programs } = options;
  const folder = await mkdtemp(join(tmpdir(), "sealrun-cluster-"));
  const faketime = options.clocks === true ? await findFaketime() : undefined;
  const clockOf = (name: string): Clock | undefined =>
    faketime === undefined ? undefined : describeClock(faketime, join(folder, `${name}.clock`));
  const postgres = describePostgres(join(folder, "servers"), programs, clockOf("postgres"));
  const nats = await describeNats(join(folder, "nats"), programs, options.natsMode ?? "password");
  await Promise.all([postgres.start(), nats.start()]);
  const witness = await startWitness();
  const keys = await makeKeys(folder);
  const wires: TcpProxy[] = [];
  const env = {
    SEALRUN_TEST_LIMITS: JSON.stringify(options.limits ?? clusterLimits),
    PATH: process.env["PATH"] ?? "",
    ...options.env,
  };

  const lay = async (
    kind: PartKind,
    index: number,
    config: (wire: Wires) => object,
    diskBytes?: number,
  ): Promise<ClusterPart> => {
    const name = `${kind}-${index}`;
    const own = join(folder, name);
    const disk = diskBytes === undefined ? undefined : { folder: join(own, "disk"), bytes: diskBytes };
    await mkdir(disk?.folder ?? own, { recursive: true });
    // Workers of an executor that is root have other users.
    const faults = join(own, "faults");
    await mkdir(faults);
    await chmod(faults, 0o777);
    const natsWire = await startTcpProxy(() => ({ host: "127.0.0.1", port: nats.port }));
    const postgresWire =
      kind === "executor"
        ? undefined
        : await startTcpProxy(() => ({ path: join(postgres.addresses().main.host, ".s.PGSQL.5432") }));
    wires.push(natsWire, ...(postgresWire === undefined ? [] : [postgresWire]));
    const natsUrl = `nats://127.0.0.1:${natsWire.port}`;
    const through = (database: "main" | "keyring"): PostgresConfig => ({
      ...postgres.addresses()[database],
      host: "127.0.0.1",
      port: postgresWire?.port ?? 0,
    });
    const place = {
      name,
      kind,
      configFile: join(own, "config.json"),
      logFile: join(own, "log"),
      crashFile: join(faults, "crash"),
      disk,
      clock: clockOf(name),
    };
    await writePrivate(place.configFile, JSON.stringify(config({ own, natsUrl, postgres: through })));
    return {
      ...describePart(place, programs, {
        env: { ...env, ...(options.counts === true ? { SEALRUN_COUNT_FILE: join(faults, "counts") } : {}) },
        asShipped: options.asShipped ?? false,
      }),
      wires: { nats: natsWire, postgres: postgresWire },
    };
  };
  const many = async (count: number, make: (index: number) => Promise<ClusterPart>): Promise<readonly ClusterPart[]> =>
    Promise.all(Array.from({ length: count }, async (_, index) => make(index)));

  const ports = await Promise.all(Array.from({ length: options.platforms ?? 2 }, async () => freePort()));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const platforms = await many(ports.length, async (index) =>
    lay("platform", index, ({ own, natsUrl, postgres: through }) => ({
      ...platformSettings(keys, {
        nats: nats.login("platform", natsUrl),
        postgres: through("main"),
        port: ports[index] ?? 0,
        folder: own,
      }),
      ...options.platformSettings,
    })),
  );
  const keyringOf = (login: NatsCredentials, postgresConfig: PostgresConfig): KeyringConfig => ({
    platformId: keys.platformId,
    postgres: postgresConfig,
    nats: login,
    wrappingKeyFile: keys.wrappingKeyFile,
    identityFile: keys.keyringFile,
    platformIdentityFile: keys.platformPublicFile,
    ...(nats.executorSigningFile === undefined
      ? { executorNats: login }
      : {
          natsAccountSeedFile: nats.executorSigningFile,
          executorNatsUrl: `nats://127.0.0.1:${nats.port}`,
          // Renewed while a test watches, and with half of it left for a platform that is slow to come back.
          natsJwtMs: options.natsJwtMs ?? 40_000,
        }),
    publicUrl: urls[0] ?? "",
    logLevel: "debug",
  });
  const keyrings = await many(options.keyrings ?? 1, async (index) =>
    lay("keyring", index, ({ natsUrl, postgres: through }) =>
      keyringOf(nats.login("keyring", natsUrl), through("keyring")),
    ),
  );
  const executors: ClusterPart[] = [];
  let laid = 0;
  const addExecutor: Cluster["addExecutor"] = async (changes = {}, { diskBytes, keepsState = false } = {}) => {
    const index = laid;
    laid += 1;
    const direct = nats.login("keyring", `nats://127.0.0.1:${nats.port}`);
    const rights = { pool: "default", projects: "all" } as const;
    const token = await issueEnrolmentToken(keyringOf(direct, postgres.addresses().keyring), rights);
    const placeOf = (own: string): string => (diskBytes === undefined ? own : join(own, "disk"));
    const part = await lay(
      "executor",
      index,
      ({ own, natsUrl }) => ({
        stateFile: join(keepsState ? own : placeOf(own), "state.json"),
        enrolmentTokenFile: join(own, "token"),
        // In operator mode the login comes with the enrolment.
        ...(nats.executorSigningFile === undefined ? { nats: nats.login("executor", natsUrl) } : {}),
        workDir: join(placeOf(own), "work"),
        cacheDir: join(placeOf(own), "cache"),
        slots: options.slots ?? 4,
        bwrap: programs.bwrap,
        // Most tests talk to services of this machine.
        slirp4netns: null,
        python: programs.python,
        drainMs: 5_000,
        logLevel: "debug",
        ...changes,
      }),
      diskBytes,
    );
    await writePrivate(join(folder, part.name, "token"), `${token}\n`);
    executors.push(part);
    executors.sort((left, right) => left.name.localeCompare(right.name));
    return part;
  };

  const open = new Map<string, Promise<Database>>();
  const database: Cluster["database"] = async (name) => {
    const { superuser, [name]: address } = postgres.addresses();
    const config = { ...superuser, database: address.database };
    const key = `${config.host} ${name}`;
    const known = open.get(key) ?? openDatabase({ config, applicationName: "cluster" });
    open.set(key, known);
    return known;
  };
  const parts = (): readonly ClusterPart[] => [...platforms, ...keyrings, ...executors];
  const close = async (): Promise<void> => {
    witness.release();
    await Promise.all(parts().map(async (part) => stopPart(part)));
    for (const known of open.values()) await known.then((opened) => opened.close()).catch(() => undefined);
    await Promise.all(wires.map(async (wire) => wire.close()));
    await nats.kill("SIGKILL");
    await postgres.stop();
    await witness.close();
    await rm(folder, { recursive: true, force: true });
  };

  const { token, storageKey } = keys;
  const cluster: Cluster = {
    ...createClusterClient({ urls, token, witness }),
    folder,
    programs,
    token,
    platformId: keys.platformId,
    storageKey,
    postgres,
    nats,
    platforms,
    keyrings,
    executors,
    get parts() {
      return parts();
    },
    witness,
    part: (name) => {
      const found = parts().find((part) => part.name === name);
      if (found === undefined) throw new TypeError(`the cluster has no ${name}`);
      return found;
    },
    addExecutor,
    database,
    close,
  };
  try {
    const isFaulty = options.env?.["SEALRUN_FAULTS"] !== undefined;
    const start = async (part: ClusterPart): Promise<void> => (isFaulty ? startPatiently(part) : part.start());
    await Promise.all([...keyrings, ...platforms].map(start));
    await Promise.all(Array.from({ length: options.executors ?? 2 }, async () => start(await addExecutor())));
    return cluster;
  } catch (error) {
    await close();
    throw error;
  }
}

interface Wires {
  readonly own: string;
  readonly natsUrl: string;
  readonly postgres: (database: "main" | "keyring") => PostgresConfig;
}

type Keys = Awaited<ReturnType<typeof makeKeys>>;

async function makeKeys(folder: string) {
  const id = platformId.parse(newId("platform"));
  const [platform, keyring] = [generateIdentity(id), generateIdentity("keyring")];
  const token = `sr_adm_${randomBytes(32).toString("base64url")}`;
  const storageKey = randomBytes(32);
  const write = async (name: string, bytes: Uint8Array, mode = 0o600): Promise<string> => {
    await writeFile(join(folder, name), bytes, { mode });
    return join(folder, name);
  };
  const publicBytes = (identity: typeof platform): Uint8Array =>
    Buffer.from(JSON.stringify(toPublicIdentity(identity)));
  return {
    platformId: id,
    token,
    storageKey,
    storageKeyFile: await write("storage.key", storageKey),
    wrappingKeyFile: await write("wrapping.key", randomBytes(32)),
    platformFile: await write("platform.json", exportIdentity(platform)),
    keyringFile: await write("keyring.json", exportIdentity(keyring)),
    platformPublicFile: await write("platform.public.json", publicBytes(platform), 0o644),
    keyringPublicFile: await write("keyring.public.json", publicBytes(keyring), 0o644),
  };
}

function platformSettings(
  keys: Keys,
  place: {
    readonly nats: NatsCredentials;
    readonly postgres: PostgresConfig;
    readonly port: number;
    readonly folder: string;
  },
): PlatformConfig {
  return {
    platformId: keys.platformId,
    postgres: place.postgres,
    nats: place.nats,
    storageKeyFile: keys.storageKeyFile,
    identityFile: keys.platformFile,
    keyringIdentityFile: keys.keyringPublicFile,
    adminTokenSha256: createHash("sha256").update(keys.token).digest("hex"),
    auditCheckpointFile: join(place.folder, "audit-checkpoint.json"),
    listen: { host: "127.0.0.1", port: place.port },
    logLevel: "debug",
  };
}

async function stopPart(part: ClusterPart): Promise<void> {
  await part.kill("SIGCONT");
  await part.kill("SIGKILL");
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
}
