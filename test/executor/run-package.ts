import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScripts } from "../../executor/src/bundle/bundle.ts";
import type { ScriptHandler } from "../../executor/src/channel/answer-request.ts";
import { readHostRoots } from "../../executor/src/child/host-roots.ts";
import type { PythonRuntime, Runtime } from "../../executor/src/child/layout.ts";
import type { DelegatedCgroup } from "../../executor/src/child/limits/cgroup.ts";
import type { DialRules } from "../../executor/src/child/network/dial.ts";
import { makeOwnFolder } from "../../executor/src/child/own-folder.ts";
import { createPipePool, type PipePool } from "../../executor/src/child/output-pipes.ts";
import { runStep, type StepEnd } from "../../executor/src/child/run-step.ts";
import type { Sandbox, StepOptions } from "../../executor/src/child/start/step-options.ts";
import { type WarmKind, warmShape } from "../../executor/src/child/warm/plan-warm-start.ts";
import { startAhead, type WaitingProcess } from "../../executor/src/child/warm/start-ahead.ts";
import type { StartedAhead } from "../../executor/src/child/warm/warm-shape.ts";
import { defaultStepLimits, type EventLimits, withDefaults } from "@sealrun/protocol";
import { createWorkspace } from "../../executor/src/workspace/workspace.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { programs } from "../support/servers.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** esbuild's program as npm unpacked it. */
export const esbuild = join(repository, "node_modules/@esbuild", `linux-${process.arch}`, "bin/esbuild");

export interface PackageRun extends StepEnd {
  /** Whether the script ran in a process that was started ahead. */
  readonly wasAhead: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PackageOptions extends Partial<
  Pick<
    StepOptions,
    | "network"
    | "onConnected"
    | "timeoutMs"
    | "graceMs"
    | "signal"
    | "tokenMs"
    | "onStdout"
    | "onStderr"
    | "onGo"
    | "onUse"
    | "handle"
  >
> {
  readonly files: Readonly<Record<string, string>>;
  /** The default is the first file. */
  readonly script?: string;
  readonly unsafe?: boolean;
  readonly own?: Readonly<Record<string, string>>;
  readonly hasSealed?: boolean;
  readonly hidden?: readonly string[];
  readonly dialRules?: DialRules;
  /** slirp4netns, for the network "outbound". */
  readonly slirp4netns?: string | undefined;
  readonly limits?: EventLimits;
  readonly cgroup?: DelegatedCgroup;
  readonly python?: PythonRuntime;
  /** `warm` offers the step a process that was started ahead, of the shape that it needs with default limits and network. */
  readonly start?: "cold" | "warm";
  /** The runtime that this process has booted; by default that of the script. */
  readonly warmKind?: WarmKind;
  /** Called when it waits for "go". */
  readonly onAhead?: (ahead: WaitingProcess) => void | Promise<void>;
}

export function testRuntime(): Runtime {
  const { python } = programs();
  return {
    node: process.execPath,
    sdk: join(repository, "packages/sdk"),
    pythonSdk: join(repository, "packages/sdk-python"),
    bootstrap: join(repository, "executor/src/bootstrap"),
    shellHelper: join(repository, "executor/src/bootstrap/sealrun-context"),
    python,
  };
}

async function testSandbox(hidden: readonly string[] = []): Promise<Extract<Sandbox, { kind: "bubblewrap" }>> {
  return { kind: "bubblewrap", program: programs().bwrap, hostRoots: await readHostRoots(), hidden };
}

/** The two ways in which a script's process comes to be: for the step, or ahead of it. */
export const bothStarts = ["cold", "warm"] as const;

/** Puts the files into a workspace, compiles them, and runs one script to its end, as the executor does. */
export async function runPackage(options: PackageOptions): Promise<PackageRun> {
  await using root = await temporaryFolder();
  const runtime = { ...testRuntime(), ...(options.python === undefined ? {} : { python: options.python }) };
  const files = Object.entries(options.files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  const script = options.script ?? files[0]?.path ?? "";
  const { dialRules, slirp4netns, cgroup } = options;
  const sandbox = { ...(await testSandbox(options.hidden)), cgroup, dialRules, slirp4netns };
  const pipes = createPipePool(join(root.path, "pipes"));
  const isWarm = options.start === "warm" && options.unsafe !== true;
  const ahead = isWarm ? await startAheadOf(options, { root: root.path, script, sandbox, runtime, pipes }) : undefined;
  const workspace = await createWorkspace({
    place: ahead?.place,
    root: root.path,
    executionId: "exe_00000000000000000000",
    attempt: 1,
    files,
    linkedSdk: runtime.sdk,
  });
  await workspace.add(
    await bundleScripts({
      compiler: { bubblewrap: sandbox.program, esbuild },
      source: workspace.folder,
      files: files.map((file) => file.path),
      scripts: [script],
      cacheDir: join(root.path, "cache"),
      versionDigest: randomBytes(32).toString("hex"),
    }),
  );
  const output = { stdout: "", stderr: "" };
  let wasAhead = false;
  const startedAhead: StartedAhead | undefined = ahead && {
    take: async (plan) => {
      const runner = await ahead.waiting.take(await plan());
      wasAhead = runner !== undefined;
      return runner;
    },
  };
  const end = await runStep({
    sandbox: options.unsafe === true ? { kind: "none" } : sandbox,
    runtime,
    pipes,
    workspace,
    script,
    variables: {
      executionId: "exe_00000000000000000000",
      packageName: "tested",
      own: options.own ?? {},
      hasSealed: options.hasSealed === true,
    },
    // It only ends a script that would never end.
    timeoutMs: 150_000,
    signal: new AbortController().signal,
    onStdout: (chunk) => void (output.stdout += Buffer.from(chunk).toString()),
    onStderr: (chunk) => void (output.stderr += Buffer.from(chunk).toString()),
    handle: answerNothing,
    ...options,
    startedAhead,
    limits: withDefaults(options.limits ?? {}, defaultStepLimits),
  }).catch(async (error: unknown) => {
    await ahead?.waiting.end();
    throw error;
  });
  await ahead?.waiting.end();
  await pipes.close();
  await workspace.remove();
  return { ...end, ...output, wasAhead };
}

/** Starts a process ahead in a new folder, as a worker does. */
async function startAheadOf(
  options: PackageOptions,
  of: {
    readonly root: string;
    readonly script: string;
    readonly sandbox: Extract<Sandbox, { kind: "bubblewrap" }>;
    readonly runtime: Runtime;
    readonly pipes: PipePool;
  },
) {
  const { root, script, sandbox, runtime, pipes } = of;
  const kind = options.warmKind ?? (script.endsWith(".sh") ? "shell" : script.endsWith(".py") ? "python" : "node");
  const limits = withDefaults(options.limits ?? {}, defaultStepLimits);
  const { network } = options;
  const shape = await warmShape({ sandbox, runtime, limits, network }, kind);
  if (shape === undefined) return undefined;
  const scratch = await makeOwnFolder(root, "ahead");
  const folder = join(scratch, "work");
  await mkdir(folder, { mode: 0o700 });
  const waiting = await startAhead({ sandbox, shape, folder, pipes });
  await options.onAhead?.(waiting);
  return { waiting, place: { scratch, folder } };
}

/** Answers every name with "absent". */
const answerNothing: ScriptHandler = async () => ({ found: false, value: null });

/** Answers `get` from a list. */
export function answerSecrets(secrets: Readonly<Record<string, string>>): ScriptHandler {
  return async (request) => {
    const value = request.op === "get" ? secrets[request.name] : undefined;
    return value === undefined ? { found: false, value: null } : { found: true, value };
  };
}
