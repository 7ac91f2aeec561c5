import { SealrunError } from "../../error.ts";
import { type JsonValue } from "../../text/json-value.ts";
import { limits } from "../../limits.ts";
import { secretName, type SecretName } from "../../names.ts";
import { showBytes, showName } from "../../text/show-text.ts";
import { parseStrictJson } from "../../text/strict-json.ts";

/** One member of a secrets.json. */
export interface SecretEntry {
  readonly value: JsonValue;
  /** The line its name stands on, from 1. */
  readonly line: number;
}

/** Called for each name that is left out, when the rest of the file is still read. */
export type OnRefused = (error: SealrunError) => void;

/**
 * Reads a secrets.json: one object, name to any JSON value. Throws `SECRETS_FILE_INVALID`, `NAME_NOT_ALLOWED` or
 * `VALUE_TOO_LARGE` with file, line and name; never a value. With `onRefused`, the last two only leave one name out.
 */
export function parseSecretDocument(
  bytes: Uint8Array,
  file = "secrets.json",
  onRefused?: OnRefused,
): Map<SecretName, SecretEntry> {
  const { value, lines } = parseStrictJson(bytes, {
    file,
    code: "SECRETS_FILE_INVALID",
    maxBytes: limits.secretsFileBytes,
    maxDepth: limits.jsonDepth,
  });
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SealrunError(
      "SECRETS_FILE_INVALID",
      `${file}: expected one object of names and values, such as {"DB_PASS": "…"}`,
    );
  }
  const secrets = new Map<SecretName, SecretEntry>();
  for (const [name, member] of Object.entries(value)) {
    const line = lines.get(name) ?? 1;
    orRefuse(onRefused, () => {
      secrets.set(checkSecretName(name, file, line), { value: checkSecretSize(name, member, file, line), line });
    });
  }
  checkSecretCount(secrets.size, file);
  return secrets;
}

/** The result of the action. If it throws a `SealrunError` and `onRefused` is given: calls it and returns undefined. */
export function orRefuse<T>(onRefused: OnRefused | undefined, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (onRefused === undefined || !(error instanceof SealrunError)) throw error;
    onRefused(error);
    return undefined;
  }
}

/** The value, or `VALUE_TOO_LARGE` with file, line and name. */
export function checkSecretSize(name: string, value: JsonValue, file: string, line: number): JsonValue {
  const size = new TextEncoder().encode(JSON.stringify(value)).length;
  if (size <= limits.secretValueBytes) return value;
  const maxSize = showBytes(limits.secretValueBytes);
  throw new SealrunError(
    "VALUE_TOO_LARGE",
    `${file}:${line}: ${showName(name)}: expected a value of at most ${maxSize} as JSON, found ${size} bytes`,
  );
}

/** Throws `SECRETS_FILE_INVALID` for more names than one file may have. */
export function checkSecretCount(count: number, file: string): void {
  if (count <= limits.secretsPerFile) return;
  throw new SealrunError(
    "SECRETS_FILE_INVALID",
    `${file}: expected at most ${limits.secretsPerFile} names, found ${count}; split the file`,
  );
}

function checkSecretName(name: string, file: string, line: number): SecretName {
  const parsed = secretName.safeParse(name);
  if (parsed.success) return parsed.data;
  const rule = parsed.error.issues[0]?.message ?? "";
  throw new SealrunError("NAME_NOT_ALLOWED", `${file}:${line}: ${showName(name)} is not allowed: ${rule}`);
}
