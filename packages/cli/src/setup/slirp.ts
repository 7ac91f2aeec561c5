import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { toSealrunError } from "@sealrun/protocol";
import type { PackageFetcher } from "./fetch-package.ts";
import { type Environment, findOnPath } from "./find-on-path.ts";

/** What `findSlirp` needs. */
export interface SlirpOptions {
  readonly environment: Environment;
  readonly packages: PackageFetcher;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** The device that slirp4netns opens. */
  readonly device?: string;
}

/**
 * Absolute path of slirp4netns, from PATH, the cache, or fetched. Null when this user may not open the device that it
 * needs, or when it cannot be fetched: then scripts cannot have the network "outbound".
 */
export async function findSlirp(options: SlirpOptions): Promise<string | null> {
  const { environment, packages, log, signal, device = "/dev/net/tun" } = options;
  const isOpen = await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isOpen) return null;
  const installed = await findOnPath("slirp4netns", environment);
  if (installed !== undefined) return installed;
  try {
    const folder = (await packages.cached("slirp4netns")) ?? (await packages.fetch("slirp4netns"));
    return join(folder, "usr/bin/slirp4netns");
  } catch (error) {
    signal?.throwIfAborted();
    log(`Scripts cannot have the network "outbound": ${toSealrunError(error).message}`);
    return null;
  }
}
