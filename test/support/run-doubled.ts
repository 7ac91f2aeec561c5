import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Enough on a busy machine for what takes part of a second; a time that grows with the square takes hours. */
const killMs = 60_000;

/**
 * Gives a function of a source file inputs that double in size, up to a million characters, in a process that is killed
 * when it is not done: nothing else ends a search that hangs. `call` is code that has `read` (the exports of the file),
 * `size`, and `bytes(text)`. Resolves with the message of each refusal.
 */
export async function runDoubled(file: string, call: string): Promise<readonly string[]> {
  const url = JSON.stringify(new URL(`../../${file}`, import.meta.url).href);
  const code = `
    const read = await import(${url});
    const bytes = (text) => new TextEncoder().encode(text);
    const messages = [];
    for (let size = 1_000; size <= 1_024_000; size *= 2) {
      try { ${call} } catch (error) { messages.push(error.message); }
    }
    console.log(JSON.stringify(messages));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@sealrun/source", "--input-type=module", "--eval", code],
    { timeout: killMs, killSignal: "SIGKILL" },
  );
  return JSON.parse(stdout);
}
