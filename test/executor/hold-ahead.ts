/**
 * Starts a process ahead as a worker does, and says so; a test ends this process with SIGKILL. One argument: the options
 * below as JSON.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defaultStepLimits, withDefaults } from "@sealrun/protocol";
import { readHostRoots } from "../../executor/src/child/host-roots.ts";
import { createPipePool } from "../../executor/src/child/output-pipes.ts";
import { warmShape } from "../../executor/src/child/warm/plan-warm-start.ts";
import { startAhead } from "../../executor/src/child/warm/start-ahead.ts";

const options = z
  .object({
    kind: z.enum(["node", "python", "shell"]),
    limits: z.object({ openFiles: z.number() }),
    program: z.string(),
    runtime: z.any(),
    root: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));
const { kind, root, runtime, program } = options;
const folder = join(root, "work");
await mkdir(folder);
const sandbox = { kind: "bubblewrap" as const, program, hostRoots: await readHostRoots(), hidden: [] };
const limits = withDefaults(options.limits, defaultStepLimits);
const shape = await warmShape({ sandbox, runtime, limits }, kind);
if (shape === undefined) throw new TypeError("expected a shape");
const waiting = await startAhead({ sandbox, shape, folder, pipes: createPipePool(join(root, "pipes")) });
if ((await waiting.memoryBytes) !== undefined) process.stdout.write("waits\n");
setInterval(() => undefined, 60_000);
