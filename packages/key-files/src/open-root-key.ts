import { resolve } from "node:path";
import { type RootKeyKind, type SymmetricKey, wipe } from "@sealrun/crypto";
import type { RootKeySource } from "@sealrun/protocol";
import { keyFromPassphrase } from "./passphrase-key.ts";
import { readPrivateFile } from "./private-file.ts";
import { readRootKey, rootKeyFromOutput } from "./root-key.ts";
import { runProgram } from "./run-program.ts";

/**
 * A root key from the source in the settings: a file, a program's output, or a passphrase. `ROOT_KEY_UNREADABLE` says
 * what was found instead, never the bytes; `WRONG_ROOT_KEY` means a passphrase that does not belong to the salt file.
 */
export async function openRootKey(source: RootKeySource, kind: RootKeyKind): Promise<SymmetricKey> {
  if ("file" in source) return readRootKey(source.file);
  if ("command" in source) return rootKeyFromOutput(await runProgram(source.command), source.command[0] ?? "");
  const passphrase =
    "passphraseFile" in source
      ? await readPrivateFile(source.passphraseFile, "ROOT_KEY_UNREADABLE")
      : await runProgram(source.passphraseCommand);
  try {
    return await keyFromPassphrase(passphrase, source.saltFile, kind);
  } finally {
    wipe(passphrase);
  }
}

/** The same source with file paths resolved against a folder, as settings give them. */
export function resolveRootKeySource(source: RootKeySource, folder: string): RootKeySource {
  if ("command" in source) return source;
  if ("file" in source) return { file: resolve(folder, source.file) };
  const saltFile = resolve(folder, source.saltFile);
  return "passphraseFile" in source
    ? { passphraseFile: resolve(folder, source.passphraseFile), saltFile }
    : { ...source, saltFile };
}
