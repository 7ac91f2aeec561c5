import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { decode, maxStepLimits, SealrunError } from "@sealrun/protocol";
import { type AttackResults, attackResults } from "../between/attack-frames.ts";
import type { Runtime } from "../child/layout.ts";
import type { PipePool } from "../child/output-pipes.ts";
import { makeOwnFolder } from "../child/own-folder.ts";
import { runStep } from "../child/run-step.ts";
import type { Sandbox } from "../child/start/step-options.ts";
import { removeFolder } from "../workspace/remove-folder.ts";
import { callAttacks } from "./call-attacks.ts";
import { callProgram } from "./call-program.ts";

/** Where a self-attack runs, and what it must not reach. */
export interface SelfAttackOptions {
  readonly sandbox: Extract<Sandbox, { kind: "bubblewrap" }>;
  readonly runtime: Runtime;
  readonly pipes: PipePool;
  /** The folder of the runs' workspaces; the self-attack has its own below it and removes it. */
  readonly workDir: string;
  /** The executor's state file and its spool: not attacked while they do not exist. */
  readonly stateFile: string | null;
  readonly spool: string | null;
  /** The id of the executor's user. */
  readonly executorUser: number;
}

const attackMs = 30_000;

/** Lists the shell's descriptors before anything else opens one, then attacks. */
const script = `#!/bin/sh
(exec ls -l /proc/$$/fd > /work/descriptors)
exec /opt/sealrun/bin/node /opt/sealrun/bootstrap/self-attack.mjs
`;

/**
 * Runs a script in the sandbox of scripts that attacks it, and what is outside: a folder like that of another run, a
 * process, a socket. Returns how each attack ended. Throws `SANDBOX_UNAVAILABLE` when it could not be run.
 */
export async function attackOwnSandbox(options: SelfAttackOptions): Promise<AttackResults> {
  const scratch = await makeOwnFolder(options.workDir, "self-attack");
  const mark = randomBytes(16).toString("hex");
  const victim = spawn("/bin/sleep", ["60"], { argv0: `sleep-${mark}`, env: { MARK: mark }, stdio: "ignore" });
  const abstractSocket = `sealrun-self-attack-${mark}`;
  const server = createServer((socket) => socket.destroy());
  // Without abstract sockets nothing listens, and the attack holds.
  server.on("error", () => undefined);
  server.listen({ path: `\0${abstractSocket}` });
  try {
    const folder = await prepareFolder(scratch, { ...options, mark, victim: victim.pid, abstractSocket });
    const results = await runScript(options, folder);
    if (hasEnded(victim)) results["signal"] = "failed";
    const { uid } = await stat(join(folder, "descriptors"));
    results["own-user"] = uid === options.executorUser ? "failed" : "held";
    return results;
  } finally {
    server.close();
    if (!hasEnded(victim)) {
      victim.kill("SIGKILL");
      if (victim.pid !== undefined) await once(victim, "exit");
    }
    await removeFolder(scratch);
  }
}

interface Plan extends SelfAttackOptions {
  readonly mark: string;
  readonly victim: number | undefined;
  readonly abstractSocket: string;
}

async function prepareFolder(scratch: string, plan: Plan): Promise<string> {
  const folder = join(scratch, "work");
  const otherRun = join(scratch, "other-run");
  const calls = callAttacks(process.arch);
  await mkdir(join(folder, "calls"), { recursive: true, mode: 0o700 });
  await writeFile(otherRun, plan.mark, { mode: 0o600 });
  await writeFile(join(folder, "attack.sh"), script, { mode: 0o700 });
  for (const { name, call } of calls) await writeFile(join(folder, "calls", name), callProgram(call), { mode: 0o700 });
  const text = JSON.stringify({
    mark: plan.mark,
    victim: plan.victim ?? -1,
    abstractSocket: plan.abstractSocket,
    otherRun,
    stateFile: plan.stateFile,
    spool: plan.spool,
    // A worker's user may read less than the executor: without these no script runs.
    mustRun: plan.executorUser === process.getuid?.() ? null : (plan.runtime.python?.interpreter ?? null),
    shown: plan.runtime.python?.mounts.map(({ sandboxPath }) => sandboxPath) ?? [],
    calls: calls.map(({ name, refusedWith }) => ({ name, refusedWith: refusedWith ?? null })),
  });
  await writeFile(join(folder, "plan.json"), text, { mode: 0o600 });
  return folder;
}

async function runScript(options: SelfAttackOptions, folder: string): Promise<AttackResults> {
  const chunks: Uint8Array[] = [];
  const errors: Uint8Array[] = [];
  const end = await runStep({
    ...options,
    workspace: { folder },
    script: "attack.sh",
    variables: { executionId: "self-attack", packageName: "self-attack", own: {}, hasSealed: false },
    timeoutMs: attackMs,
    // A sandbox that does not hold shows all processes of the machine, and they would count.
    limits: maxStepLimits,
    signal: new AbortController().signal,
    onStdout: (chunk) => void chunks.push(chunk),
    onStderr: (chunk) => void errors.push(chunk),
    handle: async () => ({}),
  });
  if (end.exitCode === 0) return decode(attackResults, Buffer.concat(chunks));
  const lines = Buffer.concat(errors).toString("utf8").split("\n");
  const said = lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0] ?? "";
  const why = end.timedOut ? `it took longer than ${attackMs / 1_000} s` : `exit code ${end.exitCode}, ${said}`;
  throw new SealrunError("SANDBOX_UNAVAILABLE", `The sandbox's attack on itself could not be run (${why})`);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
