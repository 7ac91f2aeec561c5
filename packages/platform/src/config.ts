import { dirname, resolve } from "node:path";
import type { SymmetricKey } from "@sealrun/crypto";
import { postgresConfig } from "@sealrun/postgres";
import {
  decode,
  fields,
  limitFields,
  natsSettings,
  platformId,
  rootKeySource,
  SealrunError,
  sha256Hex,
  toSealrunError,
} from "@sealrun/protocol";
import { metricsSettings, tracingSettings } from "@sealrun/telemetry";
import { z } from "zod";
import { openRootKey, readPrivateFile, resolveRootKeySource } from "@sealrun/key-files";

const hostName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?$/, "expected a host name without scheme and port");

/** The platform's settings, from one 0600 file of JSON: it holds passwords. Paths may be relative to that file. */
const settings = fields({
  platformId,
  postgres: postgresConfig,
  nats: natsSettings,
  /** The file of the outer layer's key. */
  storageKeyFile: z.string().min(1).optional(),
  /** Or where else that key comes from. */
  storageKey: rootKeySource.optional(),
  /** The platform's own keys. */
  identityFile: z.string().min(1),
  /** The public halves of the keyring's keys. */
  keyringIdentityFile: z.string().min(1),
  /** SHA-256 of the bootstrap admin token. */
  adminTokenSha256: sha256Hex,
  /** The file that keeps the last link of the audit's chain outside the database; made when it is missing. */
  auditCheckpointFile: z.string().min(1).optional(),
  /** Port 0 picks a free one. */
  listen: fields({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) }),
  /** Proxies whose `X-Forwarded-…` headers are trusted: addresses or ranges. */
  trustedProxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).optional(),
  /** Names under which people and executors reach it, besides its IP addresses, localhost and this machine's name. */
  allowedHosts: z.array(hostName).optional(),
  /** How many lines per second a run may write on average; above it, executors read its output more slowly. */
  outputLinesPerSecond: z.number().int().min(1).max(1_000_000).optional(),
  /** The most that a package may ask for. */
  maxLimits: limitFields.optional(),
  /** Where metrics are offered; nowhere without this. */
  metrics: metricsSettings.optional(),
  /** Where spans are sent; nowhere without this. */
  tracing: tracingSettings.optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
});
/** The settings, with exactly one source of the storage key. */
export const platformConfig = settings.refine(
  ({ storageKeyFile, storageKey }) => (storageKeyFile === undefined) !== (storageKey === undefined),
  { path: ["storageKeyFile"], error: "expected either this or storageKey" },
);
export type PlatformConfig = z.infer<typeof platformConfig>;

/** Reads the settings. `CONFIG_INVALID` names the file, the field, and what was expected there; never a password. */
export async function readConfig(path: string): Promise<PlatformConfig> {
  const config = parse(await readPrivateFile(path, "CONFIG_INVALID"), path);
  const beside = (file: string): string => resolve(dirname(path), file);
  return {
    ...config,
    ...(config.storageKeyFile === undefined ? {} : { storageKeyFile: beside(config.storageKeyFile) }),
    ...(config.storageKey === undefined ? {} : { storageKey: resolveRootKeySource(config.storageKey, dirname(path)) }),
    identityFile: beside(config.identityFile),
    keyringIdentityFile: beside(config.keyringIdentityFile),
    ...(config.auditCheckpointFile === undefined ? {} : { auditCheckpointFile: beside(config.auditCheckpointFile) }),
  };
}

/** The storage key, from the one source that the settings name. */
export async function openStorageKey({
  storageKeyFile,
  storageKey,
}: Pick<PlatformConfig, "storageKeyFile" | "storageKey">): Promise<SymmetricKey> {
  return openRootKey(storageKey ?? { file: storageKeyFile ?? "" }, "storage");
}

function parse(bytes: Uint8Array, path: string): PlatformConfig {
  try {
    return decode(platformConfig, bytes);
  } catch (error) {
    throw new SealrunError("CONFIG_INVALID", `${path}: ${toSealrunError(error).message}`, { cause: error });
  }
}
