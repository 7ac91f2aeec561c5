import { spawn } from "node:child_process";
import { SealrunError, errorCodeOf } from "@sealrun/protocol";

const timeoutMs = 30_000;
const maxBytes = 65_536;

/**
 * A program's standard output. The program is run without a shell, and its output is never in a message:
 * `ROOT_KEY_UNREADABLE` names the program and how it ended, so that an operator can run it by hand.
 */
export async function runProgram(argv: readonly string[], limitMs = timeoutMs): Promise<Uint8Array> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], shell: false });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let failure = "";
  const stop = (reason: string): void => {
    failure ||= reason;
    child.kill("SIGKILL");
    // A program that it started may keep the pipe open.
    child.stdout.destroy();
  };
  child.stdout.on("error", () => undefined);
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) stop("printed too much");
  });
  const timer = setTimeout(() => stop(`did not end within ${limitMs / 1000} s`), limitMs);
  try {
    const ending = await new Promise<string>((resolve) => {
      child.once("error", (error) => {
        resolve(`could not be started (${errorCodeOf(error) ?? "no reason given"})`);
      });
      child.once("close", (code, signal) => {
        resolve(code === 0 ? "" : `ended with ${code === null ? String(signal) : `exit code ${code}`}`);
      });
    });
    if (failure === "" && ending === "") return new Uint8Array(Buffer.concat(chunks));
    throw new SealrunError(
      "ROOT_KEY_UNREADABLE",
      `${program} ${failure === "" ? ending : failure}; run it by hand as this user to see what it says`,
    );
  } finally {
    clearTimeout(timer);
    for (const chunk of chunks) chunk.fill(0);
  }
}
