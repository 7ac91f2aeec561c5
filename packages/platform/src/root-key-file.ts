import { fromBase64, fromHex, fromUtf8, rootKeyFromBytes, type SymmetricKey, wipe } from "@sealrun/crypto";
import { SealrunError } from "@sealrun/protocol";
import { readPrivateFile } from "./private-file.ts";

/**
 * The root key in a 0600 file: 32 raw bytes, or their hex or base64 and a newline. `ROOT_KEY_UNREADABLE` names the file
 * and what is wrong with it.
 */
export async function readRootKey(path: string): Promise<SymmetricKey> {
  const content = await readPrivateFile(path, "ROOT_KEY_UNREADABLE");
  const bytes = keyBytes(content);
  wipe(content);
  if (bytes === undefined) {
    throw new SealrunError("ROOT_KEY_UNREADABLE", `${path}: expected 32 bytes, or their hex or base64 on one line`);
  }
  try {
    return rootKeyFromBytes(bytes);
  } finally {
    wipe(bytes);
  }
}

function keyBytes(content: Uint8Array): Uint8Array | undefined {
  if (content.length === 32) return new Uint8Array(content);
  try {
    const text = fromUtf8(content).replace(/\r?\n$/, "");
    if (text.length === 64) return fromHex(text);
    return text.length === 44 ? fromBase64(text) : undefined;
  } catch {
    // The decoder's own sentence speaks of base64 alone; the caller's names the file and all three forms.
    return undefined;
  }
}
