import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Edition } from "../command.ts";
import { addCommands } from "./add-commands.ts";
import { findCacheFolder } from "../setup/cache-folder.ts";
import { createPackageFetcher } from "../setup/fetch-package.ts";
import { findHostPython } from "../setup/python.ts";

/** Everything, as it is typed in a clone. */
export const fullEdition: Edition = {
  name: "sealrun",
  typed: "npx --no-install sealrun",
  addCommands,
  files: () => {
    // The doors are in `dist` or `src` of their packages.
    const executor = import.meta.resolve("@sealrun/executor");
    const sdk = dirname(dirname(fileURLToPath(import.meta.resolve("@sealrun/sdk"))));
    const isSource = import.meta.url.endsWith(".ts");
    return {
      bootstrap: fileURLToPath(new URL("../src/bootstrap/", executor)),
      answerShell: fileURLToPath(new URL(isSource ? "./local/answer-shell.ts" : "./local/answer-shell.js", executor)),
      hook: new URL(isSource ? "../local/sdk-hook.ts" : "../local/sdk-hook.js", import.meta.url).href,
      pythonSdk: `${join(dirname(sdk), "sdk-python")}/`,
      sdkTypes: join(sdk, "dist"),
    };
  },
  findPython: async ({ environment, output }) => {
    const cacheFolder = await findCacheFolder(environment);
    const packages = await createPackageFetcher({ cacheFolder, environment, log: (line) => output.note(line) });
    try {
      return await findHostPython({ environment, packages });
    } finally {
      await packages.close();
    }
  },
};

/** The same, of the package `sealrun-server`. */
export const serverEdition: Edition = { ...fullEdition, name: "sealrun-server", typed: "sealrun-server" };
