import { readFile } from "node:fs/promises";
import { decode } from "@sealrun/protocol";
import { Command } from "commander";
import { z } from "zod";
import type { Cli } from "../command.ts";

const manifest = z.object({ version: z.string() });

/** `sealrun version`. */
export function versionCommand(cli: Cli): Command {
  return new Command("version")
    .description("Print the version of this command")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      // From `src/commands` as from `dist/commands`, the package's own folder is two up.
      const { version } = decode(manifest, await readFile(new URL("../../package.json", import.meta.url)));
      if (json === true) cli.output.json({ version, node: process.version });
      else cli.output.line(`sealrun ${version}`);
    });
}
