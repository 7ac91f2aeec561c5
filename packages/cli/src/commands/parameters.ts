import { type ErrorCode, type JsonObject, limits, parseStrictJson, SealrunError, showName } from "@sealrun/protocol";
import type { Command } from "commander";
import type { Cli } from "../command.ts";
import { readNamedFile } from "../files/read-file.ts";
import { readInput } from "../prompt.ts";

/** The options of a command that takes parameters. */
export interface ParameterOptions {
  readonly param?: ReadonlyMap<string, string>;
  readonly params?: string;
}

/** Adds `-p` and `--params`. */
export function addParameterOptions(command: Command): Command {
  return command
    .option("-p, --param <key=value>", "a parameter; repeat the option for more", collectParameter)
    .option("--params <file>", "a JSON object of parameters, - for standard input; keeps them out of the process list");
}

/** The parameters of `--params`. Throws `PARAMETER_INVALID` with the file and what was expected. */
export async function readParameters(cli: Cli, source: string): Promise<JsonObject> {
  return readObject(cli, source, { code: "PARAMETER_INVALID", what: "parameters" });
}

/** One JSON object from a file, or from standard input for `-`. Throws the code with the file and what was expected. */
export async function readObject(
  cli: Cli,
  source: string,
  { code, what }: { readonly code: ErrorCode; readonly what: string },
): Promise<JsonObject> {
  const bytes = source === "-" ? await readInput(cli) : await readNamedFile(source, limits.documentBytes);
  const file = source === "-" ? "standard input" : source;
  const rules = { file, code, maxBytes: limits.documentBytes, maxDepth: limits.jsonDepth };
  const { value } = parseStrictJson(bytes, rules);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SealrunError(code, `${file}: expected one JSON object of ${what}`);
}

function collectParameter(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new SealrunError("USAGE", "-p: expected key=value with a key that is not empty");
  const name = text.slice(0, equals);
  if (before.has(name)) throw new SealrunError("USAGE", `-p: ${showName(name)} is given twice; keep one of them`);
  return new Map([...before, [name, text.slice(equals + 1)]]);
}
