import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PackageFetcher } from "./fetch-package.ts";
import type { Python } from "./python.ts";
import { runInSandbox } from "./sandbox.ts";

/** What `findPip` looks with. */
export interface PipOptions {
  readonly bwrap: string;
  readonly python: Python;
  readonly packages: PackageFetcher;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const wheels = "usr/share/python-wheels";

/**
 * A wheel of pip for a Python that has none in the sandbox, or null when it has, or when none can be fetched: only packages
 * with a requirements.txt miss it, and their runs say so.
 */
export async function findPip({ bwrap, python, packages, log, signal }: PipOptions): Promise<string | null> {
  const { mounts, environment, interpreter } = python;
  const own = await runInSandbox(bwrap, [interpreter, "-I", "-m", "pip", "--version"], { mounts, environment, signal });
  if (own.ok) return null;
  try {
    const folder = (await packages.cached("python3-pip-whl")) ?? (await packages.fetch("python3-pip-whl"));
    const files = await readdir(join(folder, wheels));
    const wheel = files.find((file) => /^pip-[^/]+\.whl$/.test(file));
    return wheel === undefined ? null : join(folder, wheels, wheel);
  } catch (error) {
    signal?.throwIfAborted();
    log(`Packages with a requirements.txt cannot run: ${error instanceof Error ? error.message : "pip is missing"}`);
    return null;
  }
}
