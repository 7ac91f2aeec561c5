import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import type { PackageFetcher } from "./fetch-package.ts";
import { type Environment, findOnPath } from "./find-on-path.ts";
import { runProgram } from "./run-program.ts";

/** Absolute path of a nats-server that answers `--version`, from PATH, the cache, or fetched. */
export async function findNatsServer(
  environment: Environment,
  packages: PackageFetcher,
  signal?: AbortSignal,
): Promise<string> {
  const installed = await findOnPath("nats-server", environment);
  if (installed !== undefined && (await isNatsServer(installed, signal))) return installed;
  const folder = (await packages.cached("nats-server")) ?? (await packages.fetch("nats-server"));
  const fetched = join(folder, "usr/sbin/nats-server");
  if (await isNatsServer(fetched, signal)) return fetched;
  throw new SealrunError(
    "PROGRAM_MISSING",
    `${fetched} does not run on this machine; install nats-server 2.9 or newer`,
  );
}

async function isNatsServer(path: string, signal: AbortSignal | undefined): Promise<boolean> {
  const result = await runProgram(path, ["--version"], { signal });
  return result.ok && /nats-server: v\d+\./.test(result.stdout + result.stderr);
}
