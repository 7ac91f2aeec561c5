import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a command ended and what it wrote. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Program and first arguments; the command from its sources when left out. */
  readonly program?: readonly [string, ...string[]];
  readonly stdin?: string | Uint8Array;
}

const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** The real `sealrun` from its sources: program and first arguments. */
export const sealrunProgram = [process.execPath, "--conditions=@sealrun/source", "--no-warnings", main] as const;

/** Runs `sealrun` with these arguments to its end. */
export async function runSealrun(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...first] = options.program ?? sealrunProgram;
  const child = spawn(program, [...first, ...args], { cwd: options.cwd, env: { ...options.env }, stdio: "pipe" });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** Keeps what a stream gives; the returned function is the text so far. */
export function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
