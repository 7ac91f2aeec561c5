import { parseJson, SealrunError } from "@sealrun/protocol";
import { type Command, Option } from "commander";
import type { Output } from "./output.ts";

/** How a list is printed. */
export interface ListOptions {
  readonly json?: boolean | undefined;
  readonly jq?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/** One list in its forms. */
interface PrintedList {
  /** With the field names of the API. */
  readonly document: Readonly<Record<string, unknown>>;
  /** What other commands take to name each entry; of a list whose entries no command takes, none. */
  readonly names?: readonly string[];
  /** Prints it for people. */
  readonly show: () => void;
}

/** Adds `--json` and `--jq`, and `--quiet` where entries have names that other commands take: `what` they are. */
export function addListOptions(command: Command, what?: string): Command {
  command
    .option("--json", "print them as JSON")
    .option("--jq <program>", "print what this jq program makes of the JSON, a value a line; text without quotes");
  if (what === undefined) return command;
  return command.addOption(new Option("-q, --quiet", `print only ${what}, one a line`).conflicts(["json", "jq"]));
}

/** Prints a list as it was asked for. `USAGE` for a program that jq refuses. */
export async function printList(
  output: Output,
  { json, jq, quiet }: ListOptions,
  { document, names = [], show }: PrintedList,
): Promise<void> {
  if (jq !== undefined) for (const value of await filterBy(jq, document)) output.line(value);
  else if (json === true) output.json(document);
  else if (quiet === true) for (const name of names) output.line(name);
  else show();
}

/** Says of an empty list that archived entries are left out. */
export function onlyArchived(what: string, command: string): string {
  return `all ${what} are archived; list them with: ${command} --archived`;
}

async function filterBy(program: string, document: PrintedList["document"]): Promise<readonly string[]> {
  const { runJqForLines } = await import("./local/run-jq.ts");
  try {
    return (await runJqForLines(program, document, { isPublic: true })).map(plainText);
  } catch (error) {
    if (!(error instanceof SealrunError) || error.code !== "REFERENCE_INVALID") throw error;
    throw new SealrunError("USAGE", `--jq: ${error.message}`, { cause: error });
  }
}

/** A text without its quotes; any other value as it is, because a number may have more digits than JavaScript's. */
function plainText(line: string): string {
  if (!line.startsWith('"')) return line;
  const value = parseJson(line);
  return typeof value === "string" ? value : line;
}
