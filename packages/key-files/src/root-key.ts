import { fromBase64, fromHex, rootKeyFromBytes, type SymmetricKey, wipe } from "@sealrun/crypto";
import { SealrunError } from "@sealrun/protocol";
import { readPrivateFile } from "./private-file.ts";

const rawBytes = 32;
const hexForm = /^[0-9a-f]{64}\n?$/i;
const base64Form = /^[A-Za-z0-9+/]{43}=\n?$/;

/**
 * A root key from its 0600 file: 32 raw bytes, or 64 hex digits or base64 with at most one newline.
 * `ROOT_KEY_UNREADABLE` says what was found instead, never the bytes.
 */
export async function readRootKey(file: string): Promise<SymmetricKey> {
  const content = await readPrivateFile(file, "ROOT_KEY_UNREADABLE");
  const bytes = keyBytes(content, file);
  try {
    return rootKeyFromBytes(bytes);
  } finally {
    wipe(bytes);
    wipe(content);
  }
}

function keyBytes(content: Uint8Array, file: string): Uint8Array {
  if (content.length === rawBytes) return content;
  const text = content.length <= 2 * rawBytes + 1 ? Buffer.from(content).toString("latin1") : "";
  if (hexForm.test(text)) return fromHex(text.trimEnd().toLowerCase());
  if (base64Form.test(text)) return fromBase64(text.trimEnd());
  throw new SealrunError(
    "ROOT_KEY_UNREADABLE",
    `${file} holds ${content.length} bytes that are no key; expected 32 raw bytes, 64 hex digits, or their base64`,
  );
}
