import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import { SealrunError } from "@sealrun/protocol";

/**
 * Node's and the system's authorities and the configured ones, in PEM. Throws `CONFIG_INVALID` for a file that cannot
 * be read.
 */
export async function trustedAuthorities(extraFile: string | null): Promise<string> {
  const usual = new Set([...getCACertificates("bundled"), ...getCACertificates("system")]);
  return `${[...usual].join("\n")}\n${extraFile === null ? "" : await readExtra(extraFile)}`;
}

async function readExtra(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new SealrunError(
      "CONFIG_INVALID",
      `dependencies.extraCaFile: ${file} cannot be read; expected certificates in PEM`,
      {
        cause: error,
      },
    );
  }
}
