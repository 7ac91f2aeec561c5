import { z } from "zod";

const folder = z.string().min(1);
const mount = z.object({ hostPath: folder, sandboxPath: folder });
const python = z.object({
  interpreter: z.string(),
  mounts: z.array(mount),
  environment: z.record(z.string(), z.string()),
});

const amount = z.int().positive();
const stepLimits = z.object({
  memoryBytes: amount,
  processes: amount,
  cpuMs: amount,
  diskBytes: amount,
  files: amount,
  openFiles: amount,
  tmpBytes: amount,
  outputBytes: amount,
});

/** What a worker knows of its machine. Nothing in it is a key. */
export const workerSettings = z.object({
  sandbox: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("bubblewrap"),
      program: folder,
      hostRoots: z.array(z.object({ path: folder, link: z.string().optional() })),
      hidden: z.array(folder),
      tmpBytes: z.int().positive().optional(),
      dialRules: z
        .object({
          allowed: z.array(z.string()),
          refused: z.array(z.string()),
          platformHosts: z.array(z.string()),
        })
        .optional(),
      slirp4netns: folder.optional(),
      cgroup: z.object({ folder, hasControllers: z.boolean() }).optional(),
    }),
    z.object({ kind: z.literal("none") }),
  ]),
  runtime: z.object({
    node: folder,
    sdk: folder,
    pythonSdk: folder,
    bootstrap: folder,
    shellHelper: folder,
    python: python.optional(),
  }),
  /** The setting `allowHostNetwork`. */
  allowsHost: z.boolean(),
  /** The setting `requireNetwork`. */
  requiresNetwork: z.boolean(),
  workDir: folder,
  cacheDir: folder,
  /** For the pipes of scripts' output. */
  pipesDir: folder,
  /** Whether a runner is kept ready ahead of the next attempt. */
  warmRunners: z.boolean(),
  stepLimits: z.object({ defaults: stepLimits, max: stepLimits }),
});
export type WorkerSettings = z.infer<typeof workerSettings>;
