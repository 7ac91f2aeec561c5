import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Identity, importIdentity, type SymmetricKey } from "@sealrun/crypto";
import { openRootKey, readPrivateFile, resolveRootKeySource } from "@sealrun/key-files";
import { postgresConfig } from "@sealrun/postgres";
import {
  decode,
  fields,
  keyringSender,
  limits,
  natsSettings,
  platformId,
  type PublicIdentity,
  publicIdentity,
  rootKeySource,
  SealrunError,
} from "@sealrun/protocol";
import { metricsSettings, tracingSettings } from "@sealrun/telemetry";
import { z } from "zod";

/** The keyring's settings, as its JSON file holds them. Paths may be relative to that file. */
const settings = fields({
  platformId,
  postgres: postgresConfig,
  nats: natsSettings,
  /** 32 bytes, raw or as hex or base64. Only that key opens the private keys in the database. */
  wrappingKeyFile: z.string().min(1).optional(),
  /** Or where else that key comes from. */
  wrappingKey: rootKeySource.optional(),
  identityFile: z.string().min(1),
  /** The platform's public identity: the keyring trusts only this platform. */
  platformIdentityFile: z.string().min(1),
  /** The executors' NATS account and the seed of its signing key, which signs a separate login for each executor. */
  natsAccountSeedFile: z.string().min(1).optional(),
  /** The NATS address for executors; by default the keyring's own. */
  executorNatsUrl: z.string().min(1).optional(),
  /** How long an executor's login is valid; the executor renews it after half of that time. */
  natsJwtMs: z.number().int().min(2_000).max(86_400_000).optional(),
  /** The NATS login of all executors, for a server without signed logins. */
  executorNats: natsSettings.optional(),
  /** The platform's address for executors; it is part of enrolment tokens. */
  publicUrl: z.url(),
  /**
   * The file outside the database where `sealrun keyring-audit` notes how far it has checked; made when it is missing.
   */
  auditCheckpointFile: z.string().min(1).optional(),
  /** How many days ended grants are kept, 90 without this; 0 keeps them forever. */
  grantsDays: z.number().int().min(0).max(limits.retentionDays).optional(),
  /** Where metrics are offered; nowhere without this. */
  metrics: metricsSettings.optional(),
  /** Where spans are sent; nowhere without this. */
  tracing: tracingSettings.optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
});
/** The settings, with exactly one source of the wrapping key and one kind of NATS login for executors. */
export const keyringConfig = settings
  .refine(({ wrappingKeyFile, wrappingKey }) => (wrappingKeyFile === undefined) !== (wrappingKey === undefined), {
    path: ["wrappingKeyFile"],
    error: "expected either this or wrappingKey",
  })
  .refine(
    ({ natsAccountSeedFile, executorNats }) => (natsAccountSeedFile === undefined) !== (executorNats === undefined),
    { path: ["natsAccountSeedFile"], error: "expected either this or executorNats" },
  )
  .refine(({ executorNats, executorNatsUrl }) => executorNats === undefined || executorNatsUrl === undefined, {
    path: ["executorNatsUrl"],
    error: "expected none beside executorNats, which has its own url",
  })
  .refine(({ executorNats, natsJwtMs }) => executorNats === undefined || natsJwtMs === undefined, {
    path: ["natsJwtMs"],
    error: "expected none beside executorNats, a login that does not expire",
  });
export type KeyringConfig = z.infer<typeof keyringConfig>;

/** Reads a settings file, which holds passwords: mode 0600. `CONFIG_INVALID` names the field and never its value. */
export async function readConfig(file: string): Promise<KeyringConfig> {
  const config = read(keyringConfig, await readPrivateFile(file, "CONFIG_INVALID"), file);
  const beside = (path: string): string => resolve(dirname(file), path);
  return {
    ...config,
    ...(config.natsAccountSeedFile === undefined ? {} : { natsAccountSeedFile: beside(config.natsAccountSeedFile) }),
    ...(config.wrappingKeyFile === undefined ? {} : { wrappingKeyFile: beside(config.wrappingKeyFile) }),
    ...(config.wrappingKey === undefined
      ? {}
      : { wrappingKey: resolveRootKeySource(config.wrappingKey, dirname(file)) }),
    ...(config.auditCheckpointFile === undefined ? {} : { auditCheckpointFile: beside(config.auditCheckpointFile) }),
    identityFile: beside(config.identityFile),
    platformIdentityFile: beside(config.platformIdentityFile),
  };
}

/** The wrapping key, from the one source that the settings name. */
export async function openWrappingKey({
  wrappingKeyFile,
  wrappingKey,
}: Pick<KeyringConfig, "wrappingKeyFile" | "wrappingKey">): Promise<SymmetricKey> {
  return openRootKey(wrappingKey ?? { file: wrappingKeyFile ?? "" }, "wrapping");
}

/** The keyring's own keys, from a file of mode 0600. */
export async function readIdentity(config: Pick<KeyringConfig, "identityFile">): Promise<Identity> {
  const file = config.identityFile;
  const bytes = await readPrivateFile(file, "CONFIG_INVALID");
  const identity = asConfig(() => importIdentity(bytes), file);
  if (identity.id === keyringSender) return identity;
  throw new SealrunError("CONFIG_INVALID", `${file} is not the keyring's identity: expected the id ${keyringSender}`);
}

/** The public identity of the platform that this keyring serves. */
export async function readPlatformIdentity(
  config: Pick<KeyringConfig, "platformId" | "platformIdentityFile">,
): Promise<PublicIdentity> {
  const file = config.platformIdentityFile;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new SealrunError("CONFIG_INVALID", `${file} (platformIdentityFile) cannot be read`, { cause: error });
  });
  const identity = read(publicIdentity, bytes, file);
  if (identity.id === config.platformId) return identity;
  throw new SealrunError("CONFIG_INVALID", `${file} is the identity of ${identity.id}, not of ${config.platformId}`);
}

function read<T>(schema: z.ZodType<T>, bytes: Uint8Array, file: string): T {
  return asConfig(() => decode(schema, bytes), file);
}

function asConfig<T>(parse: () => T, file: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SealrunError)) throw error;
    throw new SealrunError("CONFIG_INVALID", `${file}: ${error.message}`, { cause: error });
  }
}
