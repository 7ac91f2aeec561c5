import { createPackageFetcher } from "./fetch-package.ts";
import { type Environment, requireOnPath } from "./find-on-path.ts";
import { findPip } from "./pip.ts";
import { findNatsServer } from "./nats-server.ts";
import { findPostgresBinaries, type PostgresBinaries } from "./postgres-binaries.ts";
import { findPython, type Python } from "./python.ts";
import { findBubblewrap } from "./sandbox.ts";
import { findSlirp } from "./slirp.ts";

/** Programs that sealrun starts, each by an absolute path and each tried on this machine. */
export interface Programs {
  readonly node: string;
  readonly bwrap: string;
  /** slirp4netns, for the network "outbound"; null where it cannot be had. */
  readonly slirp4netns: string | null;
  readonly python: Python;
  /** A wheel of pip; null when Python has its own, or none was found. */
  readonly pip: string | null;
  readonly natsServer: string;
  readonly postgres: PostgresBinaries;
  readonly setpriv: string;
  readonly unshare: string;
}

export interface FindProgramsOptions {
  /** See `findCacheFolder`. */
  readonly cacheFolder: string;
  readonly environment: Environment;
  /** Called when something is fetched: it happens once, and a person waits for it. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a bare machine lacks, found or fetched without root. `PROGRAM_MISSING` or `SANDBOX_UNAVAILABLE`, in one
 * sentence, says what the machine's owner has to do.
 */
export async function findPrograms(options: FindProgramsOptions): Promise<Programs> {
  const { cacheFolder, environment, log, signal } = options;
  const setpriv = await requireOnPath("setpriv", "util-linux", environment);
  const unshare = await requireOnPath("unshare", "util-linux", environment);
  const postgres = await findPostgresBinaries(cacheFolder);
  const packages = await createPackageFetcher(options);
  try {
    // One after another: each may fetch, and apt's folders are shared between them.
    const bwrap = await findBubblewrap(environment, packages, signal);
    const slirp4netns = await findSlirp({ environment, packages, log });
    const natsServer = await findNatsServer(environment, packages, signal);
    const python = await findPython({ bwrap, environment, packages, signal });
    const pip = await findPip({ bwrap, python, packages, log, signal });
    return { node: process.execPath, bwrap, slirp4netns, python, pip, natsServer, postgres, setpriv, unshare };
  } finally {
    await packages.close();
  }
}
