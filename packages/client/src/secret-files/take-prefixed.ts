import { fromBase64, fromUtf8, wipe } from "@sealrun/crypto";
import { cutEnd, SealrunError, secretName, showName } from "@sealrun/protocol";
import type { FoundSecret } from "./secret-file.ts";

/** Which names to take, and what their values are. */
export interface PrefixRule {
  readonly prefix: string;
  /** False when the values are plain text. */
  readonly isBase64: boolean;
  /** How a person gets values that are not decoded, for errors: `with --plain`. */
  readonly plainHint: string;
}

/** The secrets as they stand; `SECRETS_FILE_INVALID` for a value that is wrapped, and so is likely to be encoded. */
export function takePlain(found: readonly FoundSecret[]): readonly FoundSecret[] {
  for (const { place, name, isWrapped } of found) {
    if (isWrapped !== true) continue;
    const problem = "expected a value on one line, this one goes on in the next as wrapped base64";
    throw new SealrunError(
      "SECRETS_FILE_INVALID",
      `${place}: ${showName(name)}: ${problem}; put it on one line (base64 -w0) or in quotes, or have it decoded`,
    );
  }
  return found;
}

/**
 * The secrets whose names start with the prefix, without it, their values decoded: Kestra's convention with `SECRET_`.
 * `NAME_NOT_ALLOWED` for a bad name after the prefix, `SECRETS_FILE_INVALID` for a value that is not base64 of text; both
 * say where and which name, never the value.
 */
export function takePrefixed(found: readonly FoundSecret[], rule: PrefixRule): readonly FoundSecret[] {
  const wanted = found.filter(({ name }) => name.startsWith(rule.prefix));
  return (rule.isBase64 ? wanted : takePlain(wanted)).map((secret) => ({
    name: nameOf(secret, rule.prefix),
    value: rule.isBase64 ? decodeValue(secret, rule.plainHint) : secret.value,
    place: secret.place,
  }));
}

function nameOf({ name, place }: FoundSecret, prefix: string): string {
  const parsed = secretName.safeParse(name.slice(prefix.length));
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "";
  throw new SealrunError("NAME_NOT_ALLOWED", `${place}: ${showName(name)} without ${prefix} is not allowed: ${rule}`);
}

/** Kestra's macro in a .env file; it means the text in it. */
const macro = /^\{\{\s*"((?:[^"\\]|\\.)*)"\s*\|\s*base64encode\s*\}\}$/;

function decodeValue(secret: FoundSecret, plainHint: string): string {
  const { value } = secret;
  if (typeof value !== "string") throw notBase64(secret, "text in base64", plainHint);
  const written = macro.exec(value.trim())?.[1];
  if (written !== undefined) return written.replace(/\\(["\\])/g, "$1");
  // The program base64 wraps lines at 76 columns, and some tools omit the padding.
  const text = cutEnd(value.replace(/\s+/g, ""), "=");
  const bytes = decodeBytes(text.padEnd(Math.ceil(text.length / 4) * 4, "="));
  if (bytes === undefined) throw notBase64(secret, "a value in base64", plainHint);
  try {
    return fromUtf8(bytes);
  } catch {
    throw notBase64(secret, `base64 of text in UTF-8; keep a binary value in base64 ${plainHint}`, plainHint);
  } finally {
    wipe(bytes);
  }
}

function decodeBytes(text: string): Uint8Array | undefined {
  try {
    return fromBase64(text);
  } catch {
    return undefined;
  }
}

function notBase64({ place, name }: FoundSecret, expected: string, plainHint: string): SealrunError {
  return new SealrunError(
    "SECRETS_FILE_INVALID",
    `${place}: ${showName(name)}: expected ${expected}; ${plainHint} values are not decoded`,
  );
}
