import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { removeFolder } from "../workspace/remove-folder.ts";
import { type InstallPrograms, runInstaller } from "./installer.ts";

/**
 * What installed Python packages depend on: implementation, version and kind of machine. Makes a short-lived folder in
 * `root`.
 */
export async function readPythonVersion(programs: InstallPrograms, root: string): Promise<string> {
  const { python } = programs;
  if (python === undefined) {
    throw new SealrunError(
      "INTERPRETER_MISSING",
      "requirements.txt needs Python 3; install python3 on the executor's machine",
    );
  }
  const folder = await mkdtemp(join(root, "python-"));
  try {
    const { succeeded, stdout } = await runInstaller(programs, {
      folder,
      signal: new AbortController().signal,
      hasNetwork: false,
      command: () => [
        python.interpreter,
        "-I",
        "-c",
        "import sys, sysconfig; print(sys.implementation.cache_tag, sys.version, sysconfig.get_platform())",
      ],
      environment: () => python.environment,
    });
    if (!succeeded) throw new SealrunError("INTERPRETER_MISSING", "Python did not say its version in the sandbox");
    return stdout.trim();
  } finally {
    await removeFolder(folder);
  }
}
