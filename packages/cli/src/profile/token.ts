import { spawn } from "node:child_process";
import { SealrunError } from "@sealrun/protocol";
import type { Environment } from "../setup/find-on-path.ts";
import type { TokenSource } from "./choose.ts";

/** Long enough for a person who has to type a passphrase. */
const patienceMs = 120_000;
const maxBytes = 8_192;

/** How long the command may take; tests give it less. */
interface TokenDeps {
  readonly environment: Environment;
  readonly waitMs?: number;
}

/** The token itself. A command is run for it, and nothing of what it prints is in a message. */
export async function takeToken(source: TokenSource, deps: TokenDeps): Promise<string> {
  const text = source.kind === "command" ? await runTokenCommand(source, deps) : source.token;
  return checkToken(text, describeSource(source));
}

/** The token's source in a sentence. */
export function describeSource(source: TokenSource): string {
  switch (source.kind) {
    case "environment":
      return "SEALRUN_TOKEN";
    case "stored":
      return `the token of the profile ${source.profile}`;
    case "command":
      return `the token command of the profile ${source.profile}`;
  }
}

/** A token as given; `CONFIG_INVALID` names where it came from, never what it is. */
export function checkToken(text: string, from: string): string {
  if (/^[\x21-\x7e]{1,4096}$/.test(text)) return text;
  const start = from.charAt(0).toUpperCase() + from.slice(1);
  throw new SealrunError("CONFIG_INVALID", `${start}: expected one word of letters, digits and signs`);
}

/** What the command printed, without the end of its line. */
async function runTokenCommand(
  source: TokenSource & { readonly kind: "command" },
  { environment, waitMs = patienceMs }: TokenDeps,
): Promise<string> {
  const { bytes, problem } = await runCommand(source.command, environment, waitMs);
  const text = bytes.toString("utf8").replace(/\r?\n$/, "");
  const wrong = problem ?? problemOf(text);
  if (wrong === undefined) return text;
  throw new SealrunError("CONFIG_INVALID", `The token command of the profile ${source.profile} ${wrong}`);
}

function problemOf(text: string): string | undefined {
  if (text.trim() === "") return "printed nothing; expected the token on one line";
  return /[\r\n]/.test(text) ? "printed more than one line; expected only the token" : undefined;
}

interface Printed {
  readonly bytes: Buffer;
  readonly problem: string | undefined;
}

/**
 * Runs the command in the user's shell, as it was typed. It asks on the terminal and on standard error; standard input
 * belongs to the command that needs the token.
 */
async function runCommand(command: string, environment: Environment, waitMs: number): Promise<Printed> {
  const child = spawn(command, { shell: true, env: { ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      // A process that the command left behind may still have the pipe.
      child.stdout.destroy();
      resolve({ bytes: Buffer.concat(chunks), problem });
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      end(`printed no token within ${waitMs / 1_000} s and was ended`);
    }, waitMs);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        child.kill("SIGKILL");
        end("printed too much; expected only the token");
      }
    });
    child.once("error", () => end("could not be started; run it by hand to see why"));
    child.once("close", (code, signal) => {
      if (code === 0) return end(undefined);
      end(`${code === null ? `was ended by ${signal}` : `failed with exit code ${code}`}; run it by hand to see why`);
    });
  });
}
