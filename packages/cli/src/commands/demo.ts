import { Command } from "commander";
import type { Cli } from "../command.ts";

/** `sealrun demo`. */
export function demoCommand(cli: Cli): Command {
  return new Command("demo")
    .description("Run a package on a fresh platform in a temporary folder, then search for its secrets")
    .action(async () => {
      const signal = cli.takeSignals();
      const { runDemo } = await import("../demo/demo.ts");
      const { typed } = cli.edition;
      await runDemo({ typed, environment: cli.environment, say: (line) => cli.output.line(line), signal });
    });
}
