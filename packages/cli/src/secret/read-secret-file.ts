import { basename } from "node:path";
import { wipe } from "@sealrun/crypto";
import { type JsonValue, limits, parseDotenv, parseSecretDocument, SealrunError, showName } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { readInput } from "../prompt.ts";
import { readNamedFile } from "../read-file.ts";

/** A name and value that came from somewhere; `place` says where in a sentence, such as `.env:3`. */
export interface FoundSecret {
  readonly name: string;
  readonly value: JsonValue;
  readonly place: string;
}

/**
 * Names and values of a .json or .env file, or of standard input for `-`; the codes of the two forms name file, line
 * and name, never a value.
 */
export async function readSecretFile(cli: Pick<Cli, "input">, path: string): Promise<readonly FoundSecret[]> {
  const name = path === "-" ? "standard input" : basename(path);
  const parse = path === "-" ? parseEither : parserOf(name);
  const bytes = path === "-" ? await readInput(cli) : await readNamedFile(path, limits.secretsFileBytes);
  try {
    return [...parse(bytes, name)].map(([secret, { value, line }]) => ({
      name: secret,
      value,
      place: `${name}:${line}`,
    }));
  } finally {
    wipe(bytes);
  }
}

type Parser = typeof parseSecretDocument | typeof parseDotenv;

function parserOf(name: string): Parser {
  if (name.toLowerCase().endsWith(".json")) return parseSecretDocument;
  if (/^\.env(?:\.|$)|\.env$/i.test(name)) return parseDotenv;
  throw new SealrunError("USAGE", `${showName(name)}: expected a file whose name ends in .json or .env`);
}

/** A document of JSON starts with a brace, which no line of a .env file does. */
function parseEither(bytes: Uint8Array, name: string): ReturnType<Parser> {
  const first = bytes.find((byte) => byte > 0x20 && byte < 0x7f);
  return first === 0x7b ? parseSecretDocument(bytes, name) : parseDotenv(bytes, name);
}
