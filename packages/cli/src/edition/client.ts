import { fileURLToPath } from "node:url";
import { SealrunError } from "@sealrun/protocol";
import type { Edition } from "../command.ts";
import { findOnPath } from "../setup/find-on-path.ts";
import { addClientCommands } from "./add-client-commands.ts";

/** The package `sealrun`: one file, which has the files of local runs beside it. */
export const clientEdition: Edition = {
  name: "sealrun",
  typed: "sealrun",
  addCommands: addClientCommands,
  files: () => {
    const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
    const hook = new URL("./sdk-hook.js", import.meta.url);
    hook.searchParams.set("sdk", new URL("./sdk.js", import.meta.url).href);
    return {
      bootstrap: beside("../files/bootstrap/"),
      answerShell: beside("./answer-shell.js"),
      hook: hook.href,
      pythonSdk: beside("../files/sdk-python/"),
      sdkTypes: beside("../files/sdk-types"),
    };
  },
  findPython: async ({ environment }) => {
    const interpreter = await findOnPath("python3", environment);
    if (interpreter !== undefined) return { interpreter, environment: {} };
    throw new SealrunError("INTERPRETER_MISSING", "Python scripts need python3; install it or put it on PATH");
  },
};
