import { type FoundSecret, isEmptyValue, takePlain, takePrefixed } from "@sealrun/client";
import { countOf, type JsonValue, limits, SealrunError, secretName, showName, showNames } from "@sealrun/protocol";
import type { Cli } from "../command.ts";
import { readSecretFile } from "./read-secret-file.ts";

/** Where `sealrun secret import` takes secrets from. */
export interface ImportOptions {
  readonly fromEnv?: boolean;
  readonly prefix?: string;
  readonly names?: readonly string[];
  readonly plain?: boolean;
  readonly allowEmpty?: boolean;
}

/** The prefix of Kestra's convention. */
const defaultPrefix = "SECRET_";

/**
 * The names and values of a file, of standard input or of the environment, as the options say. `USAGE` for options that
 * contradict each other or names that are not set; unreadable content throws the code of its form, never a value.
 */
export async function findImport(
  cli: Pick<Cli, "environment" | "input" | "output">,
  file: string | undefined,
  options: ImportOptions,
): Promise<ReadonlyMap<string, JsonValue>> {
  const { fromEnv = false, prefix, names, plain = false } = options;
  if (fromEnv === (file !== undefined)) {
    throw new SealrunError("USAGE", "Expected one of: a file, - for standard input, --from-env");
  }
  if (names !== undefined && (!fromEnv || prefix !== undefined)) {
    throw new SealrunError("USAGE", "--names needs --from-env and cannot be combined with --prefix");
  }
  if (prefix === "") throw new SealrunError("USAGE", "--prefix: expected at least one character");
  if (plain && names === undefined && prefix === undefined && !fromEnv) {
    throw new SealrunError(
      "USAGE",
      "--plain needs --prefix or --from-env; without them the values of a file are plain already",
    );
  }
  const found = file === undefined ? environmentOf(cli, names) : await readSecretFile(cli, file);
  const wanted = prefix ?? (fromEnv && names === undefined ? defaultPrefix : undefined);
  const taken =
    wanted === undefined
      ? takePlain(found)
      : takePrefixed(found, { prefix: wanted, isBase64: !plain, plainHint: "with --plain" });
  if (wanted === undefined) advisePrefix(cli, found);
  else if (taken.length < found.length && file !== undefined) {
    cli.output.note(`left out: ${countOf(found.length - taken.length, "name")} without ${wanted} at the start`);
  }
  if (options.allowEmpty !== true) refuseEmpty(taken);
  return check(taken, wanted);
}

/** An empty value is more often a variable that was not set than a secret, and what it replaces is gone. */
function refuseEmpty(taken: readonly FoundSecret[]): void {
  const empty = taken.filter(({ value }) => isEmptyValue(value));
  if (empty.length === 0) return;
  const named = empty.slice(0, 20).map(({ name, place }) => `${showName(name)} (${place})`);
  const more = empty.length > named.length ? ` and ${empty.length - named.length} more` : "";
  throw new SealrunError(
    "VALUE_EMPTY",
    `Expected a value of ${named.join(", ")}${more}, found an empty one; nothing was stored; remove it, or add --allow-empty to store it`,
  );
}

function environmentOf({ environment }: Pick<Cli, "environment">, names?: readonly string[]): readonly FoundSecret[] {
  const place = "the environment";
  if (names === undefined) {
    return Object.entries(environment).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, value, place }],
    );
  }
  const missing = names.filter((name) => environment[name] === undefined);
  if (missing.length > 0) throw new SealrunError("USAGE", `Not set in the environment: ${showNames(missing)}`);
  return names.map((name) => ({ name, value: environment[name] ?? "", place }));
}

function check(taken: readonly FoundSecret[], prefix: string | undefined): ReadonlyMap<string, JsonValue> {
  if (taken.length === 0) {
    const which = prefix === undefined ? "" : ` that starts with ${prefix}`;
    throw new SealrunError("SECRETS_FILE_INVALID", `Expected at least one name${which}, found none`);
  }
  if (taken.length > limits.secretsPerFile) {
    const problem = `Expected at most ${limits.secretsPerFile} names, found ${taken.length}`;
    throw new SealrunError("SECRETS_FILE_INVALID", `${problem}; import them in parts`);
  }
  return new Map(taken.map(({ name, value }) => [name, value]));
}

/** A name such as SECRET_KEY may have no prefix in it: the person who imports says what is encoded, it is never guessed. */
function advisePrefix({ output }: Pick<Cli, "output">, found: readonly FoundSecret[]): void {
  const prefixed = found.filter(({ name }) => name.startsWith(defaultPrefix)).length;
  if (prefixed === 0) return;
  output.note(
    `${prefixed} of the names start with ${defaultPrefix} and are kept unchanged; with --prefix ${defaultPrefix} the prefix is removed and the values are read as base64`,
  );
}

/** The names of `--names`; `NAME_NOT_ALLOWED` with the rule. */
export function parseNames(text: string): readonly string[] {
  return [...new Set(text.split(",").map((part) => part.trim()))].map((name) => {
    const parsed = secretName.safeParse(name);
    if (parsed.success) return parsed.data;
    throw new SealrunError("NAME_NOT_ALLOWED", `--names: ${showName(name)}: ${parsed.error.issues[0]?.message}`);
  });
}
