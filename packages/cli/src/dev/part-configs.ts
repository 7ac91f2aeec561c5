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
import type { Servers } from "../servers/start-servers.ts";

/** What the parts' settings are made of. */
export interface PartConfigs {
  readonly folder: DataFolder;
  readonly keys: InstallationKeys;
  readonly servers: Servers;
  readonly programs: Programs;
  readonly dependencies: Awaited<ReturnType<typeof findDependencySettings>>;
  readonly port: number;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error";
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

function platformSettings({ folder, keys, servers, port, logLevel }: PartConfigs): PlatformConfig {
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
    logLevel,
  };
}

function keyringSettings({ folder, keys, servers, port, logLevel }: PartConfigs): KeyringConfig {
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
    logLevel,
  };
}

function executorAccess({ nats }: Servers): Pick<KeyringConfig, "natsAccountSeedFile" | "executorNats"> {
  const { executors } = nats;
  return "login" in executors
    ? { executorNats: executors.login }
    : { natsAccountSeedFile: executors.executorSigningFile };
}

function executorSettings({ folder, port, programs, dependencies, logLevel }: PartConfigs): ExecutorConfig {
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
    tmpBytes: limits.tmpBytes,
    allowedAddresses: [],
    refusedAddresses: [],
    unsafeNoSandbox: false,
    dependencies: { ...dependencies, pip: programs.pip, cacheBytes: 10 * 1024 ** 3 },
    drainMs,
    logLevel,
  };
}

async function writeConfig(file: string, config: object): Promise<void> {
  await writePrivateFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
}
