import { Command, CommanderError } from "commander";
import { SealrunError, toSealrunError } from "@sealrun/protocol";
import type { Cli } from "./command.ts";
import { helpWithParameters } from "./commands/run.ts";
import { inWordsOfCommands } from "./explain-connection.ts";
import { addExamples } from "./help/examples.ts";
import { readOwnVersion } from "./own-version.ts";
import { inWordsOfOptions, usageError } from "./usage-error.ts";

/** The exit code of a command that a signal ended. */
export const interrupted = 130;

/** Runs one command line and gives its exit code; what went wrong is printed as the last line on standard error. */
export async function runProgram(cli: Omit<Cli, "profileName">, args: readonly string[]): Promise<number> {
  const program = new Command(cli.edition.name)
    .description("Runs a team's scripts with secrets that only the script sees")
    .version(`sealrun ${await readOwnVersion()}`, "-v, --version", "print the version of this command")
    .option("--profile <name>", "use this saved platform instead of the one in use; see sealrun profile list")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.output.line(text.trimEnd()),
      writeErr: (text) => cli.output.note(text.trimEnd()),
      // Printed once, by `fail`.
      outputError: () => undefined,
    })
    .helpCommand(true);
  let signal: AbortSignal | undefined;
  const takeSignals = (): AbortSignal => (signal = cli.takeSignals());
  const profileName = (): string | undefined => {
    const { profile } = program.opts<{ profile?: string }>();
    return profile;
  };
  const full: Cli = { ...cli, takeSignals, profileName };
  cli.edition.addCommands(program, full);
  addExamples(program);
  inheritSettings(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      if (error.code === "commander.helpDisplayed" && args.includes("run")) await helpWithParameters(full, args);
      return 0;
    }
    // What fails after Ctrl-C fails because of it.
    if (signal?.aborted === true) return interrupted;
    const failure =
      error instanceof CommanderError
        ? usageError(error, program, args)
        : inWordsOfOptions(await inWordsOfCommands(full, toSealrunError(error)));
    return fail(cli, failure, args.includes("--json"));
  }
}

/** Commands are built without their parent, so they get its settings for errors and output here. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

function fail(cli: Pick<Cli, "output">, failure: SealrunError, asJson: boolean): number {
  if (failure.code === "INTERNAL" && failure.cause instanceof Error) cli.output.note(framesOf(failure.cause));
  cli.output.fail(failure, asJson);
  return failure.row.exit;
}

/** The stack without the error's text, which may quote a value. */
function framesOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames].join("\n");
}
