import { errorCodeOf } from "@sealrun/protocol";
import type { Edition } from "./command.ts";
import { guardProcess } from "./guard/guard-process.ts";
import { createOutput } from "./output.ts";
import { interrupted, runProgram } from "./program.ts";
import type { Environment } from "./setup/find-on-path.ts";

const stopped = 143;
const brokenPipe = 141;
const cannotWrite = 74; // EX_IOERR

/** Runs this process's command line, and ends the process with its exit code. */
export async function startCommand(edition: Edition, environment: Environment): Promise<never> {
  const args = process.argv.slice(2);
  const closedDescriptors = guardProcess(args);
  const controller = new AbortController();
  let isTaken = false;
  let signalCode = interrupted;

  for (const [signal, code] of [
    ["SIGINT", interrupted],
    ["SIGTERM", stopped],
  ] as const) {
    process.on(signal, () => {
      if (!isTaken || (signal === "SIGINT" && controller.signal.aborted)) process.exit(code);
      signalCode = code;
      controller.abort();
    });
  }
  process.stderr.on("error", () => process.exit(brokenPipe));
  process.stdout.on("error", (error) => {
    const code = errorCodeOf(error);
    // The reader of the output is gone and wants no more of it.
    if (code === "EPIPE") process.exit(brokenPipe);
    process.stderr.write(`error: Standard output cannot be written (${code ?? error.name}); is its disk full?\n`);
    process.exit(cannotWrite);
  });

  const exitCode = await runProgram(
    {
      environment,
      edition,
      closedDescriptors,
      output: createOutput(process.stdout, process.stderr),
      input: process.stdin,
      takeSignals: () => {
        isTaken = true;
        return controller.signal;
      },
    },
    args,
  );
  // Writes to a pipe are still pending: a long list would end in the middle of a line.
  for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
  // A connection kept alive, or a terminal left open, must not keep the command from ending.
  return process.exit(exitCode === interrupted ? signalCode : exitCode);
}
