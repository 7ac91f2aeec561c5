/*
 * Runs one step as an executor would, and ends this process with SIGKILL from another thread, a given number of
 * milliseconds after bubblewrap was started or after the script was told to start. One argument: the options below as
 * JSON.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { defaultStepLimits } from "@sealrun/protocol";
import { readHostRoots } from "../../executor/src/child/host-roots.ts";
import { createPipePool } from "../../executor/src/child/output-pipes.ts";
import { runStep } from "../../executor/src/child/run-step.ts";
import { createWorkspace } from "../../executor/src/workspace/workspace.ts";

const options = z
  .object({
    /** The program `bwrap`; null runs without a sandbox. */
    bwrap: z.string().nullable(),
    runtime: z.any(),
    root: z.string(),
    script: z.string(),
    text: z.string(),
    after: z.enum(["start", "go"]),
    delayMs: z.number(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));
const { root, script, after, delayMs, bwrap } = options;

const clock = new Int32Array(new SharedArrayBuffer(8));
const killer = `const { clock, delayMs } = require("node:worker_threads").workerData;
  Atomics.store(clock, 1, 1); Atomics.notify(clock, 1);
  Atomics.wait(clock, 0, 0);
  if (delayMs > 0) Atomics.wait(clock, 0, 1, delayMs);
  process.kill(process.pid, "SIGKILL");`;
const thread = new Worker(killer, { eval: true, workerData: { clock, delayMs } });
Atomics.wait(clock, 1, 0);
thread.unref();
const startClock = (): void => {
  Atomics.store(clock, 0, 1);
  Atomics.notify(clock, 0);
};

const workspace = await createWorkspace({
  root,
  executionId: "exe_00000000000000000000",
  attempt: 1,
  files: [{ path: script, bytes: Buffer.from(options.text) }],
});
const sandbox = {
  kind: "bubblewrap" as const,
  /** Read when bubblewrap is started. */
  get program() {
    if (after === "start") startClock();
    return bwrap ?? "";
  },
  hostRoots: await readHostRoots(),
  hidden: [],
};
await runStep({
  sandbox: bwrap === null ? { kind: "none" } : sandbox,
  runtime: options.runtime,
  pipes: createPipePool(join(root, "pipes")),
  workspace,
  script,
  variables: { executionId: "exe_00000000000000000000", packageName: "killed", own: {}, hasSealed: false },
  timeoutMs: 60_000,
  limits: defaultStepLimits,
  signal: new AbortController().signal,
  onStdout: () => {},
  onStderr: () => {},
  handle: async () => ({}),
  onGo: () => {
    if (after === "go") startClock();
    // Without a delay the process dies here, before it has told the script to start.
    if (after === "go" && delayMs === 0) Atomics.wait(clock, 1, 1);
    writeFileSync(join(root, "go"), "");
  },
});
