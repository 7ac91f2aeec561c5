import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { toSealrunError } from "@sealrun/protocol";
import type { PackageFetcher } from "./fetch-package.ts";
import type { Python } from "./python.ts";
import { runInSandbox } from "./sandbox.ts";

/** What `findPip` needs. */
export interface PipOptions {
  readonly bwrap: string;
  readonly python: Python;
  readonly packages: PackageFetcher;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where Debian's package keeps its wheel when it is installed. */
  readonly installedWheels?: string;
}

const wheelFolder = "usr/share/python-wheels";

/**
 * A wheel of pip for a Python without pip in the sandbox. Null when Python has pip, or when no wheel can be fetched: then
 * only packages with a requirements.txt fail, and their runs say so.
 */
export async function findPip(options: PipOptions): Promise<string | null> {
  const { python, packages, log, signal } = options;
  const { mounts, environment, interpreter } = python;
  // Twenty times faster than asking pip itself.
  const question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pip') is None)";
  const command = [interpreter, "-I", "-c", question];
  const own = await runInSandbox(options.bwrap, command, { mounts, environment, signal });
  if (own.ok) return null;
  const installed = await wheelIn(options.installedWheels ?? `/${wheelFolder}`);
  if (installed !== null) return installed;
  try {
    const folder = (await packages.cached("python3-pip-whl")) ?? (await packages.fetch("python3-pip-whl"));
    return await wheelIn(join(folder, wheelFolder));
  } catch (error) {
    signal?.throwIfAborted();
    log(`Packages with a requirements.txt cannot run: ${toSealrunError(error).message}`);
    return null;
  }
}

async function wheelIn(folder: string): Promise<string | null> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  const wheel = files.find((file) => /^pip-[^/]+\.whl$/.test(file));
  return wheel === undefined ? null : join(folder, wheel);
}
