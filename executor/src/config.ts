import { readPrivateFile } from "@sealrun/key-files";
import {
  decode,
  fields,
  limitFields,
  limits,
  natsSettings,
  sandboxLevel,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";
import { metricsSettings, tracingSettings } from "@sealrun/telemetry";
import { z } from "zod";
import { isAddressOrNetwork } from "./child/network/refuse-address.ts";
import { dependencySettings } from "./dependencies/settings.ts";

const mount = fields({ hostPath: z.string(), sandboxPath: z.string() });

const addressOrNetwork = z
  .string()
  .refine(isAddressOrNetwork, 'expected an address or a network, such as "10.0.0.5" or "10.1.0.0/16"');

/** Less than this is too little for most programs. */
const minTmpBytes = 1024 * 1024;

/** Python 3 inside the sandbox: its path, its mounts and its environment. */
const pythonRuntime = fields({
  interpreter: z.string(),
  mounts: z.array(mount),
  environment: z.record(z.string(), z.string()),
});

/** Below are ids of the system and of people; 4294967295 means no user. */
const minSlotUid = 1_000;
const maxUid = 2 ** 32 - 2;

/**
 * By default 1,000 ids that neither systemd (up to 65535, and from 524288) nor /etc/subuid of the usual distributions
 * (from 100000) gives away.
 */
const slotUids = fields({
  first: z.number().int().min(minSlotUid).max(maxUid),
  count: z.number().int().min(1).max(100_000),
}).refine(({ first, count }) => first + count - 1 <= maxUid, "expected ids up to 4294967294");

/** Settings of one executor process. */
export const executorConfig = fields({
  /** Holds identity and NATS credentials (0600); written at enrolment. */
  stateFile: z.string().min(1),
  /** The token to enrol with when there is no state file yet. */
  enrolmentTokenFile: z.string().optional(),
  /** The URL of the platform, when it may differ from the one in the enrolment token. */
  platformUrl: z.url().optional(),
  /** A NATS login to use instead of the one from the enrolment; it is never renewed. */
  nats: natsSettings.optional(),
  /** Folder of the runs' private workspaces. */
  workDir: z.string().min(1),
  /** Folder of package files and bundles, by digest. */
  cacheDir: z.string().min(1),
  /** How many executions run at once. */
  slots: z.number().int().min(1).max(limits.executorSlots).default(4),
  bwrap: z.string().min(1).nullable(),
  python: pythonRuntime.nullable(),
  /** Host folders below `/usr` that scripts must not see. */
  hidden: z.array(z.string()).default([]),
  /** What a step may use whose package does not say. */
  defaultLimits: limitFields.omit({ tmp: true }).prefault({}),
  /** The most that a package may ask for. */
  maxLimits: limitFields.prefault({}),
  /** Folder of a cgroup of version 2 in which the executor may make one for each step. */
  cgroup: z.string().startsWith("/").optional(),
  /** Maximum bytes of a script's `/tmp` and of its `/dev/shm`, each; they are in memory. */
  tmpBytes: z.number().int().min(minTmpBytes).default(limits.tmpBytes),
  /** Addresses and networks that a package's `network` may lead to although they are refused without this. */
  allowedAddresses: z.array(addressOrNetwork).default([]),
  /** The same for what must be refused, such as the address of the platform's PostgreSQL. */
  refusedAddresses: z.array(addressOrNetwork).default([]),
  /** slirp4netns, for the network "outbound"; null for none. Without the program that network is not offered. */
  slirp4netns: z.string().startsWith("/").nullable().default("/usr/bin/slirp4netns"),
  /** Packages may ask for the whole network of this machine. */
  allowHostNetwork: z.boolean().default(false),
  /** No script has the whole network of this machine, whatever can be enforced instead. */
  requireNetwork: z.boolean().default(false),
  unsafeNoSandbox: z.boolean().default(false),
  /** The executor starts only where its sandbox reaches this level. */
  minSandbox: sandboxLevel.default("none"),
  /** User ids of the host, one for each slot, where the executor starts as root; null for its own user. */
  slotUids: slotUids.nullable().default({ first: 70_000, count: 1_000 }),
  /** Whether each worker keeps a sandbox ready for its next run, with the runtime of its last one booted. */
  warmRunners: z.boolean().default(true),
  /** Where scripts' dependencies come from. */
  dependencies: dependencySettings.prefault({}),
  /** How long runs may continue after SIGTERM. */
  drainMs: z.number().int().nonnegative().default(600_000),
  /** Where metrics are offered; nowhere without this. */
  metrics: metricsSettings.optional(),
  /** Where spans are sent; nowhere without this. */
  tracing: tracingSettings.optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});
export type ExecutorConfig = z.infer<typeof executorConfig>;

/** Reads the configuration file. Fails with `CONFIG_INVALID`, which names the file and the field. */
export async function readConfig(file: string): Promise<ExecutorConfig> {
  const bytes = await readPrivateFile(file, "CONFIG_INVALID");
  try {
    return refuseContradiction(decode(executorConfig, bytes));
  } catch (error) {
    throw new SealrunError("CONFIG_INVALID", `${file}: ${toSealrunError(error).message}`, { cause: error });
  }
}

function refuseContradiction(config: ExecutorConfig): ExecutorConfig {
  if (!config.allowHostNetwork || !config.requireNetwork) return config;
  const sentence = "allowHostNetwork and requireNetwork contradict each other; set one of them";
  throw new SealrunError("CONFIG_INVALID", sentence);
}
