import { Command } from "commander";
import type { Cli } from "../command.ts";
import { readOwnVersion } from "../own-version.ts";

/** `sealrun version`. */
export function versionCommand(cli: Cli): Command {
  return new Command("version")
    .description("Print the version of this command")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const version = await readOwnVersion();
      if (json === true) cli.output.json({ version, node: process.version });
      else cli.output.line(`sealrun ${version}`);
    });
}
