import { createOutput } from "./output.ts";
import { runProgram } from "./program.ts";

const interrupted = 130;
const stopped = 143;
const controller = new AbortController();
let isTaken = false;

for (const [signal, code] of [
  ["SIGINT", interrupted],
  ["SIGTERM", stopped],
] as const) {
  process.on(signal, () => {
    if (!isTaken || (signal === "SIGINT" && controller.signal.aborted)) process.exit(code);
    controller.abort();
  });
}
// The reader of the output is gone, so no error can be shown.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(141));

const exitCode = await runProgram(
  {
    environment: process.env,
    output: createOutput(process.stdout, process.stderr),
    input: process.stdin,
    takeSignals: () => {
      isTaken = true;
      return controller.signal;
    },
  },
  process.argv.slice(2),
);
// Writes to a pipe are still pending: a long list would end in the middle of a line.
for (const stream of [process.stdout, process.stderr]) await new Promise((resolve) => stream.write("", resolve));
// A connection kept alive, or a terminal left open, must not keep the command from ending.
process.exit(exitCode);
