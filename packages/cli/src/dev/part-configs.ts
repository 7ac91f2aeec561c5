import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ExecutorConfig } from "@sealrun/executor";
import type { KeyringConfig } from "@sealrun/keyring";
import type { PlatformConfig } from "@sealrun/platform";
import { limits } from "@sealrun/protocol";
import type { Programs } from "../setup/find-programs.ts";
import type { DataFolder } from "./data-folder.ts";
import type { InstallationKeys } from "./keys.ts";
import type { findDependencySettings } from "./dependency-settings.ts";
import { ensureFolder, writePrivateFile } from "../files/private-files.ts";
import type { PartName } from "../parts/part.ts";
import type { Servers } from "../servers/start-servers.ts";

/** What the parts' settings are made of. */
export interface PartConfigs {
  readonly folder: DataFolder;
  readonly keys: InstallationKeys;
  readonly servers: Servers;
  readonly programs: Programs;
  readonly dependencies: Awaited<ReturnType<typeof findDependencySettings>>;
  readonly port: number;
  /** Packages may ask for the whole network of this machine. */
  readonly allowHostNetwork: boolean;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
  /** Where the parts offer metrics; undefined for nowhere. */
  readonly metricsPort?: number | undefined;
  /** The collector that gets spans; undefined for none. */
  readonly tracing?: string | undefined;
}

/** Where each part offers metrics when the first of three ports is this one. */
export function metricsAddresses(firstPort: number): Readonly<Record<PartName, string>> {
  const at = (place: number): string => `127.0.0.1:${firstPort + place}`;
  return { platform: at(0), keyring: at(1), executor: at(2) };
}

const drainMs = 5_000;

/** Writes the settings of all three parts, 0600, because they hold the passwords of this start. */
export async function writePartConfigs(options: PartConfigs): Promise<void> {
  const { folder } = options;
  for (const name of ["platform", "keyring", "executor"] as const) await ensureFolder(folder.part(name));
  await writeConfig(folder.config("platform"), platformSettings(options));
  await writeConfig(folder.config("keyring"), keyringSettings(options));
  await writeConfig(folder.config("executor"), executorSettings(options));
}

function platformSettings(options: PartConfigs): PlatformConfig {
  const { folder, keys, servers, port, logLevel } = options;
  return {
    platformId: keys.platformId,
    postgres: servers.main,
    nats: servers.nats.platform,
    storageKeyFile: folder.rootKey("platform"),
    identityFile: folder.identity("platform"),
    keyringIdentityFile: folder.publicIdentity("keyring"),
    auditCheckpointFile: join(folder.part("platform"), "audit-checkpoint.json"),
    adminTokenSha256: createHash("sha256").update(keys.adminToken).digest("hex"),
    listen: { host: "127.0.0.1", port },
    ...told(options, "platform"),
    logLevel,
  };
}

function keyringSettings(options: PartConfigs): KeyringConfig {
  const { folder, keys, servers, port, logLevel } = options;
  return {
    platformId: keys.platformId,
    postgres: servers.keyring,
    nats: servers.nats.keyring,
    wrappingKeyFile: folder.rootKey("keyring"),
    identityFile: folder.identity("keyring"),
    platformIdentityFile: folder.publicIdentity("platform"),
    ...executorAccess(servers),
    publicUrl: `http://127.0.0.1:${port}`,
    auditCheckpointFile: join(folder.part("keyring"), "audit-checkpoint.json"),
    ...told(options, "keyring"),
    logLevel,
  };
}

function executorAccess({ nats }: Servers): Pick<KeyringConfig, "natsAccountSeedFile" | "executorNats"> {
  const { executors } = nats;
  return "login" in executors
    ? { executorNats: executors.login }
    : { natsAccountSeedFile: executors.executorSigningFile };
}

function executorSettings(options: PartConfigs): ExecutorConfig {
  const { folder, port, programs, dependencies, allowHostNetwork, logLevel } = options;
  return {
    stateFile: folder.executorState,
    enrolmentTokenFile: folder.enrolmentToken,
    // The port may differ from the one at which the executor was enrolled.
    platformUrl: `http://127.0.0.1:${port}`,
    workDir: join(folder.part("executor"), "work"),
    cacheDir: join(folder.part("executor"), "cache"),
    slots: 4,
    bwrap: programs.bwrap,
    python: {
      interpreter: programs.python.interpreter,
      mounts: programs.python.mounts.map((mount) => ({ ...mount })),
      environment: { ...programs.python.environment },
    },
    hidden: folder.root.startsWith("/usr/") ? [folder.root] : [],
    defaultLimits: {},
    maxLimits: {},
    tmpBytes: limits.tmpBytes,
    allowedAddresses: [],
    refusedAddresses: [],
    slirp4netns: programs.slirp4netns,
    allowHostNetwork,
    requireNetwork: false,
    unsafeNoSandbox: false,
    minSandbox: "none",
    slotUids: { first: 70_000, count: 1_000 },
    warmRunners: true,
    dependencies: { ...dependencies, pip: programs.pip, cacheBytes: 10 * 1024 ** 3 },
    drainMs,
    ...told(options, "executor"),
    logLevel,
  };
}

function told({ metricsPort, tracing }: PartConfigs, part: PartName): Pick<PlatformConfig, "metrics" | "tracing"> {
  return {
    ...(metricsPort === undefined ? {} : { metrics: { listen: metricsAddresses(metricsPort)[part] } }),
    ...(tracing === undefined ? {} : { tracing: { endpoint: tracing } }),
  };
}

async function writeConfig(file: string, config: object): Promise<void> {
  await writePrivateFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
}
