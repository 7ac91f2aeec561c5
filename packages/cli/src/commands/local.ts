import { Command } from "commander";
import type { Cli } from "../command.ts";
import { runStepLocally } from "../local/run-locally.ts";
import { checkPackage } from "../package/check-package.ts";

/** `sealrun local`. */
export function localCommand(cli: Cli): Command {
  return new Command("local")
    .description("Run a package's scripts without a platform and without a sandbox; secrets come from its ef_env.json")
    .argument("<dir>", "folder with the scripts")
    .action(async (folder: string) => {
      const { steps } = await checkPackage(folder, "local");
      for (const step of steps) await runStepLocally(folder, step, cli.environment);
    });
}
