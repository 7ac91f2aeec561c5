import { basename } from "node:path";
import { wipe } from "@sealrun/crypto";
import { type JsonValue, limits, parseDotenv, parseSecretDocument, SealrunError, showName } from "@sealrun/protocol";
import { readNamedFile } from "../read-file.ts";

/** Names and values of a .json or .env file; the codes of the two forms name file, line and name, never a value. */
export async function readSecretFile(path: string): Promise<ReadonlyMap<string, JsonValue>> {
  const name = basename(path);
  const parse = parserOf(name);
  const bytes = await readNamedFile(path, limits.secretsFileBytes);
  try {
    return new Map([...parse(bytes, name)].map(([secret, { value }]) => [secret, value]));
  } finally {
    wipe(bytes);
  }
}

function parserOf(name: string): typeof parseSecretDocument | typeof parseDotenv {
  if (name.toLowerCase().endsWith(".json")) return parseSecretDocument;
  if (/^\.env(?:\.|$)|\.env$/i.test(name)) return parseDotenv;
  throw new SealrunError("USAGE", `${showName(name)}: expected a file whose name ends in .json or .env`);
}
