/**
 * Runs one step as an executor would; a test ends this process with SIGKILL in the middle. Arguments: bwrap, runtime as
 * JSON, folder, script, and slirp4netns for a step with the network "outbound".
 */
import { join } from "node:path";
import { defaultStepLimits } from "@sealrun/protocol";
import { readHostRoots } from "../../executor/src/child/host-roots.ts";
import { createPipePool } from "../../executor/src/child/output-pipes.ts";
import { runStep } from "../../executor/src/child/run-step.ts";
import { createWorkspace } from "../../executor/src/workspace/workspace.ts";

const [program = "", runtime = "", root = "", text = "", slirp4netns] = process.argv.slice(2);
const workspace = await createWorkspace({
  root,
  executionId: "exe_00000000000000000000",
  attempt: 1,
  files: [{ path: "main.sh", bytes: Buffer.from(text) }],
});
await runStep({
  sandbox: { kind: "bubblewrap", program, hostRoots: await readHostRoots(), hidden: [], slirp4netns },
  runtime: JSON.parse(runtime),
  pipes: createPipePool(join(root, "pipes")),
  workspace,
  script: "main.sh",
  network: slirp4netns === undefined ? undefined : "outbound",
  variables: { executionId: "exe_00000000000000000000", packageName: "held", own: {}, hasSealed: false },
  timeoutMs: 60_000,
  limits: defaultStepLimits,
  signal: new AbortController().signal,
  onStdout: (chunk) => void process.stdout.write(chunk),
  onStderr: (chunk) => void process.stderr.write(chunk),
  handle: async () => ({}),
});
