import { fromBase64, fromHex, rootKeyFromBytes, type SymmetricKey, wipe } from "@sealrun/crypto";
import { SealrunError } from "@sealrun/protocol";
import { readPrivateFile } from "./private-file.ts";

const rawBytes = 32;
const hexForm = /^[0-9a-f]{64}\r?\n?$/i;
const base64Form = /^[A-Za-z0-9+/]{43}=\r?\n?$/;

/**
 * A root key from its 0600 file: 32 raw bytes, or 64 hex digits or base64 with at most one newline.
 * `ROOT_KEY_UNREADABLE` says what was found instead, never the bytes.
 */
export async function readRootKey(file: string): Promise<SymmetricKey> {
  const content = await readPrivateFile(file, "ROOT_KEY_UNREADABLE");
  return keyOf(content.length === rawBytes ? content : textKey(content, file, "32 raw bytes, "), content);
}

/** A root key that a program printed: only as text, since 32 printed letters are a password, not a key. */
export function rootKeyFromOutput(output: Uint8Array, program: string): SymmetricKey {
  return keyOf(textKey(output, `The output of ${program}`, ""), output);
}

function keyOf(bytes: Uint8Array, content: Uint8Array): SymmetricKey {
  try {
    return rootKeyFromBytes(bytes);
  } finally {
    wipe(bytes);
    wipe(content);
  }
}

function textKey(content: Uint8Array, where: string, otherForms: string): Uint8Array {
  const text = content.length <= 2 * rawBytes + 2 ? Buffer.from(content).toString("latin1") : "";
  if (hexForm.test(text)) return fromHex(text.trimEnd().toLowerCase());
  if (base64Form.test(text)) return fromBase64(text.trimEnd());
  throw new SealrunError(
    "ROOT_KEY_UNREADABLE",
    `${where} holds ${content.length} bytes that are not a key; expected ${otherForms}64 hex digits, or base64 of 32 bytes`,
  );
}
