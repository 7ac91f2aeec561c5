import { Command, CommanderError } from "commander";
import { SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Cli } from "./command.ts";
import { addCommands } from "./commands/add-commands.ts";

/** Runs one command line and gives its exit code; what went wrong is printed as the last line on standard error. */
export async function runProgram(cli: Omit<Cli, "profileName">, args: readonly string[]): Promise<number> {
  const program = new Command("sealrun")
    .description("Runs a team's scripts with secrets that only the script sees")
    .option("--profile <name>", "use this saved platform instead of the one named local")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.output.line(text.trimEnd()),
      writeErr: (text) => cli.output.note(text.trimEnd()),
      // Printed once, by `fail`.
      outputError: () => undefined,
    })
    .helpCommand(true);
  addCommands(program, {
    ...cli,
    profileName: () => {
      const { profile } = program.opts<{ profile?: string }>();
      return profile;
    },
  });
  inheritSettings(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return fail(cli, error, args.includes("--json"));
  }
}

/** Commands are built without their parent, so they get its settings for errors and output here. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

function fail(cli: Pick<Cli, "output">, error: unknown, asJson: boolean): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const failure = error instanceof CommanderError ? usageError(error) : toSealrunError(error);
  if (failure.code === "INTERNAL" && failure.cause instanceof Error) cli.output.note(framesOf(failure.cause));
  cli.output.fail(failure, asJson);
  return failure.row.exit;
}

function usageError(error: CommanderError): SealrunError {
  if (error.code === "commander.help") return new SealrunError("USAGE", "Expected a command; the list is above");
  // The value of an unknown option may be a secret, meant for another command.
  const message = error.message.replace(/(unknown option '[^'=]*)=[^]*?'(?=\s|$)/, "$1'");
  const sentence = message.replace(/^error: /, "").replace(/\.$/, "");
  return new SealrunError("USAGE", `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}; see sealrun --help`);
}

/** The stack without the error's text, which may quote a value. */
function framesOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
