import { addCommands } from "../../packages/cli/src/edition/add-commands.ts";
import { fullEdition } from "../../packages/cli/src/edition/full.ts";
import { versionCommand } from "../../packages/cli/src/commands/version.ts";
import { createOutput } from "../../packages/cli/src/output.ts";

/** A command of the library that the CLI is built with. */
export type Command = ReturnType<typeof versionCommand>;

/** The whole `sealrun` command; builds it and runs nothing. */
export function buildProgram(): Command {
  const cli: Parameters<typeof addCommands>[1] = {
    edition: fullEdition,
    environment: {},
    output: createOutput(process.stdout, process.stderr),
    input: process.stdin,
    profileName: () => undefined,
    closedDescriptors: [],
    takeSignals: () => new AbortController().signal,
  };
  const program = versionCommand(cli).createCommand("sealrun").option("--profile <name>", "use this saved platform");
  addCommands(program, cli);
  return program;
}

/** The commands that can be run, by what is typed for each; groups such as `sealrun secret` are left out. */
export function leavesOf(program: Command): ReadonlyMap<string, Command> {
  const leaves = new Map<string, Command>();
  const walk = (command: Command, typed: string): void => {
    // `sealrun platform` is both: it starts a platform, and has subcommands for a running one.
    if (command.commands.length === 0 || command.options.length > 0) leaves.set(typed, command);
    for (const inner of command.commands) walk(inner, `${typed} ${inner.name()}`);
  };
  for (const command of program.commands) walk(command, `sealrun ${command.name()}`);
  return leaves;
}

/** The rows of a command's table in the reference, cells separated by ` | `. */
export function optionRows(command: Command): readonly string[] {
  return command.options.map(({ flags, description, defaultValue }) => {
    const shown: unknown = defaultValue;
    const byDefault = typeof shown === "string" || typeof shown === "number" ? ` (default: \`${shown}\`)` : "";
    return `\`${flags}\` | ${description}${byDefault}`;
  });
}

/** The command with its own usage text, or else with its arguments. */
export function usageOf(typed: string, command: Command): string {
  const words = command.usage().replace(/^\[options\] ?/, "");
  return `${typed} ${words}`.trim();
}

/** What is wrong with a command line that a text quotes, such as `push hello --project acme`; undefined for nothing. */
export function problemOf(program: Command, typed: string): string | undefined {
  const tokens = typed.replace(/[[\]{}…,;:]+/g, " ").split(/\s+/);
  let command: Command = program;
  const rest: string[] = [];
  for (const token of tokens) {
    const inner = rest.length === 0 ? command.commands.find((candidate) => candidate.name() === token) : undefined;
    if (inner === undefined) rest.push(token);
    else command = inner;
  }
  if (rest[0] === "help") return rest.length === 1 ? undefined : problemOf(program, rest.slice(1).join(" "));
  if (command === program) return "there is no such command";
  // The guides name a group of commands too: `sealrun secret`. What follows an option may be its value.
  const words = command.options.length > 0 ? rest.slice(0, 1) : rest;
  if (command.commands.length > 0 && words.some((token) => /^[a-z]/.test(token))) return `it has no ${rest[0]}`;
  const known = [...command.options, ...program.options];
  const unknown = rest
    .filter((token) => /^--?[a-zA-Z]/.test(token) && !["--help", "--version", "-v", "-h"].includes(token))
    .find((token) => !known.some(({ short, long }) => [short, long].includes(token.split("=", 1)[0])));
  return unknown === undefined ? undefined : `it has no option ${unknown}`;
}
