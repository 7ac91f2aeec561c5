import { addCommands } from "../../packages/cli/src/commands/add-commands.ts";
import { versionCommand } from "../../packages/cli/src/commands/version.ts";
import { createOutput } from "../../packages/cli/src/output.ts";

/** A command as the CLI's own library makes them. */
export type Command = ReturnType<typeof versionCommand>;

/** The command as it is built for people, with nothing run. */
export function buildProgram(): Command {
  const cli: Parameters<typeof addCommands>[1] = {
    environment: {},
    output: createOutput(process.stdout, process.stderr),
    input: process.stdin,
    profileName: () => undefined,
    takeSignals: () => new AbortController().signal,
  };
  const program = versionCommand(cli).createCommand("sealrun").option("--profile <name>", "use this saved platform");
  addCommands(program, cli);
  return program;
}

/** Commands that do something themselves, with what is typed for each. */
export function leavesOf(program: Command): ReadonlyMap<string, Command> {
  const leaves = new Map<string, Command>();
  const walk = (command: Command, typed: string): void => {
    // `sealrun platform` runs one, and has commands for one that runs.
    if (command.commands.length === 0 || command.options.length > 0) leaves.set(typed, command);
    for (const inner of command.commands) walk(inner, `${typed} ${inner.name()}`);
  };
  for (const command of program.commands) walk(command, `sealrun ${command.name()}`);
  return leaves;
}

/** The rows of a command's table in the reference, cells parted by ` | `. */
export function optionRows(command: Command): readonly string[] {
  return command.options.map(({ flags, description, defaultValue }) => {
    const shown: unknown = defaultValue;
    const byDefault = typeof shown === "string" || typeof shown === "number" ? ` (default: \`${shown}\`)` : "";
    return `\`${flags}\` | ${description}${byDefault}`;
  });
}

/** What stands behind a command's name: its own usage, or its arguments. */
export function usageOf(typed: string, command: Command): string {
  const words = command.usage().replace(/^\[options\] ?/, "");
  return `${typed} ${words}`.trim();
}
