import { wipe } from "@sealrun/crypto";
import { type JsonValue, type OnRefused, parseDotenv, parseSecretDocument } from "@sealrun/protocol";

/** A name, its value and where it was found; `place` is for sentences, such as `.env:3`. */
export interface FoundSecret {
  readonly name: string;
  readonly value: JsonValue;
  readonly place: string;
  /** True when the value goes on in the following lines as wrapped base64: `takePlain` refuses it. */
  readonly isWrapped?: true;
}

/**
 * Names and values of a file: `.json` or `.env` by its name, else by its content, as when it has none (`isNamed: false`).
 * Throws like the two forms, naming file, line and name, never a value; with `onRefused` only a name that cannot be
 * stored is left out. Take them with `takePlain` or `takePrefixed`. The bytes are wiped.
 */
export function readSecrets(
  bytes: Uint8Array,
  file: { readonly name: string; readonly isNamed: boolean },
  onRefused?: OnRefused,
): readonly FoundSecret[] {
  try {
    const parse = (file.isNamed ? parserOf(file.name) : undefined) ?? parserOfBytes(bytes);
    return [...parse(bytes, file.name, onRefused)].map(([name, { line, ...read }]) => ({
      name,
      ...read,
      place: `${file.name}:${line}`,
    }));
  } finally {
    wipe(bytes);
  }
}

type Parser = typeof parseSecretDocument | typeof parseDotenv;

function parserOf(name: string): Parser | undefined {
  if (name.toLowerCase().endsWith(".json")) return parseSecretDocument;
  return /^\.env(?:\.|$)|\.env$/i.test(name) ? parseDotenv : undefined;
}

/** A document of JSON starts with a brace, which no line of a .env file does. */
function parserOfBytes(bytes: Uint8Array): Parser {
  const first = bytes.find((byte) => byte > 0x20 && byte < 0x7f);
  return first === 0x7b ? parseSecretDocument : parseDotenv;
}
