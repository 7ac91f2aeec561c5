import { createInterface } from "node:readline";
import password from "@inquirer/password";
import { limits, SealrunError, showBytes } from "@sealrun/protocol";
import type { Cli } from "./command.ts";

/** Asks for a value on the terminal without showing it; Ctrl-C ends the command. */
export async function askHidden(message: string): Promise<string> {
  try {
    return await password({ message, mask: false, toggleMask: false }, { output: process.stderr });
  } catch (error) {
    // The prompt handles Ctrl-C itself.
    if (error instanceof Error && error.name === "ExitPromptError") process.exit(130);
    throw error;
  }
}

/** Asks a question that y or yes answers with yes, and anything else or the end of the input with no; Ctrl-C ends the command. */
export async function askYes(cli: Pick<Cli, "input">, question: string): Promise<boolean> {
  const lines = createInterface({ input: cli.input, output: process.stderr });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.on("SIGINT", () => process.exit(130));
      lines.on("close", () => resolve(""));
      lines.question(`${question} [y/N] `, resolve);
    });
    return /^\s*y(?:es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}

/** Standard input to its end; `VALUE_TOO_LARGE` above the limit of a file of secrets. */
export async function readInput(cli: Pick<Cli, "input">): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of cli.input) {
    const bytes: Uint8Array = chunk;
    size += bytes.length;
    if (size > limits.secretsFileBytes) {
      throw new SealrunError(
        "VALUE_TOO_LARGE",
        `Expected at most ${showBytes(limits.secretsFileBytes)} on standard input`,
      );
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
