import { Command } from "commander";
import type { Cli } from "../command.ts";
import { runStepLocally } from "../local/run-locally.ts";
import { checkPackage } from "../package/check-package.ts";
import { findCacheFolder } from "../setup/cache-folder.ts";
import { createPackageFetcher } from "../setup/fetch-package.ts";
import { findHostPython, type HostPython } from "../setup/python.ts";

/** `sealrun local`. */
export function localCommand(cli: Cli): Command {
  return new Command("local")
    .description("Run a package's scripts without a platform and without a sandbox; secrets come from its ef_env.json")
    .argument("<dir>", "folder with the scripts")
    .action(async (folder: string) => {
      const { steps } = await checkPackage(folder, "local");
      const { environment } = cli;
      for (const step of steps)
        await runStepLocally(folder, step, { environment, findPython: async () => findPython(cli) });
    });
}

async function findPython({ environment, output }: Pick<Cli, "environment" | "output">): Promise<HostPython> {
  const cacheFolder = await findCacheFolder(environment);
  const packages = await createPackageFetcher({ cacheFolder, environment, log: (line) => output.note(line) });
  try {
    return await findHostPython({ environment, packages });
  } finally {
    await packages.close();
  }
}
