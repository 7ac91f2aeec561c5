import { fromUtf8, wipe } from "@sealrun/crypto";
import { type JsonValue, limits, parseStrictJson, SealrunError, showName } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { askHidden, readInput } from "../prompt.ts";
import { readNamedFile } from "../files/read-file.ts";

/** Where a value comes from and its form. */
export interface ValueSource {
  readonly name: string;
  readonly file: string | undefined;
  /** Otherwise the value is text, without one final newline. */
  readonly isJson: boolean;
}

/** A secret's value from a file, standard input or a hidden prompt. `MALFORMED` says what is expected, never the value. */
export async function readSecretValue(cli: Cli, { name, file, isJson }: ValueSource): Promise<JsonValue> {
  const bytes = await readBytes(cli, name, file);
  try {
    if (!isJson) return readText(bytes);
    const place = file ?? "the value";
    return parseStrictJson(bytes, {
      file: place,
      code: "MALFORMED",
      maxBytes: limits.secretsFileBytes,
      maxDepth: limits.jsonDepth,
      named: "none",
    }).value;
  } finally {
    wipe(bytes);
  }
}

async function readBytes(cli: Cli, name: string, file: string | undefined): Promise<Uint8Array> {
  if (file !== undefined && file !== "-") return readNamedFile(file, limits.secretsFileBytes);
  if (file === undefined && cli.input.isTTY === true) {
    return new TextEncoder().encode(await askHidden(`Value of ${showName(name)}`));
  }
  return readInput(cli);
}

function readText(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes).replace(/\n$/, "");
  } catch (error) {
    throw new SealrunError("MALFORMED", "Expected a value in UTF-8; give a binary one as base64", { cause: error });
  }
}
