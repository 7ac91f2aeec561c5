import { basename } from "node:path";
import { type FoundSecret, readSecrets } from "@sealrun/client";
import { limits } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { readInput } from "../prompt.ts";
import { readNamedFile } from "../files/read-file.ts";

/**
 * Names and values of a .json or .env file, or of standard input for `-`; the codes of the two forms name file, line
 * and name, never a value.
 */
export async function readSecretFile(cli: Pick<Cli, "input">, path: string): Promise<readonly FoundSecret[]> {
  if (path === "-") return readSecrets(await readInput(cli), { name: "standard input", isNamed: false });
  return readSecrets(await readNamedFile(path, limits.secretsFileBytes), { name: basename(path), isNamed: true });
}
