import { Command } from "commander";
import type { Cli } from "../command.ts";
import { readSettings } from "../local/resolve-locally.ts";
import { runStepLocally } from "../local/run-locally.ts";
import { addParameterOptions, type ParameterOptions, readParameters } from "./parameters.ts";
import { checkPackage } from "../package/check-package.ts";

/** `sealrun local`. */
export function localCommand(cli: Cli): Command {
  const command = new Command("local")
    .description("Run a package's scripts without a platform and without a sandbox; secrets come from its ef_env.json")
    .argument("<dir>", "folder with the scripts");
  return addParameterOptions(command).action(async (folder: string, options: ParameterOptions) => {
    const params = options.params === undefined ? {} : await readParameters(cli, options.params);
    const checked = await checkPackage(folder, "local");
    const settings = await readSettings(folder, checked, { params, texts: options.param ?? new Map() });
    const { environment, output } = cli;
    const network = checked.manifest?.network;
    if (network !== undefined && network !== "host") {
      output.warn("manifest.json: network is not enforced here: without a sandbox, scripts use this machine's network");
    }
    const host = {
      environment,
      files: cli.edition.files(),
      findPython: async () => cli.edition.findPython(cli),
      note: (text: string) => output.note(text),
    };
    for (const step of checked.steps) await runStepLocally(folder, step, settings, host);
  });
}
