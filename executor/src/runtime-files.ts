import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PythonRuntime, Runtime } from "./child/layout.ts";

/** The paths in this installation of what every script gets. The Python SDK is beside the SDK's package. */
export function findRuntime(python: PythonRuntime | null): Runtime {
  // The entry file of the SDK is in `dist` or `src` of its package.
  const sdk = dirname(dirname(fileURLToPath(import.meta.resolve("@sealrun/sdk"))));
  const bootstrap = fileURLToPath(new URL("../src/bootstrap/", import.meta.url));
  return {
    node: process.execPath,
    sdk,
    pythonSdk: join(dirname(sdk), "sdk-python"),
    bootstrap,
    shellHelper: join(bootstrap, "sealrun-context"),
    python: python ?? undefined,
  };
}

/** The path of a program in the settings; undefined where the machine does not have it. */
export function presentProgram(path: string | null): string | undefined {
  return path !== null && existsSync(path) ? path : undefined;
}

/** The native program of esbuild: one file, which can be mounted without anything else. */
export function findEsbuild(): string {
  const fromEsbuild = createRequire(import.meta.resolve("esbuild"));
  return fromEsbuild.resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
}

/** The folder of the package `npm`, which installs the dependencies of scripts. */
export function findNpm(): string {
  return dirname(createRequire(import.meta.url).resolve("npm/package.json"));
}

/** The program of a worker or a preparer: as it is built, one file, which starts in a third of the time. */
export function findProgram(part: "worker" | "preparer"): string {
  const isSource = import.meta.url.endsWith(".ts");
  const [source, built] =
    part === "worker" ? ["worker/process/main.ts", "main.js"] : ["preparer/preparer-main.ts", "preparer-main.js"];
  return fileURLToPath(new URL(isSource ? `./${source}` : `./bundled/${built}`, import.meta.url));
}
