import { execa } from "execa";
import { systemPath } from "./find-on-path.ts";

/** Starts a program as execa does, with the environment in `env` and nothing of this process. */
export const startProgram = execa({ extendEnv: false });

/** What a short program did: `ok` is false also when it could not be started. Nothing of its output is interpreted. */
export interface ProgramResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a short program gets besides its arguments; it sees no other environment than this. */
export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a short program to its end; it is killed when this process ends first. Throws only when the signal aborts, never
 * for the program's failure.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const result = await startProgram("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
    env: { PATH: systemPath, LC_ALL: "C", ...options.environment },
    reject: false,
    timeout: options.timeoutMs ?? 30_000,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  options.signal?.throwIfAborted();
  return { ok: !result.failed, stdout: textOf(result.stdout), stderr: textOf(result.stderr) };
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
