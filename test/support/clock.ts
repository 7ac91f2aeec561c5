import { access, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { createPackageFetcher } from "../../packages/cli/src/setup/fetch-package.ts";

/** The wall clock of one process, which a test sets while it runs. Its steady clock and its timers stay right. */
export interface Clock {
  /** What the process is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on its clock is so much ahead of this machine's, or behind it when negative; 0 sets it right. */
  readonly set: (offsetMs: number) => Promise<void>;
}

/** The library that gives a process another time, of the system or fetched once. Only tests need it. */
export async function findFaketime(): Promise<string> {
  const library = `usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/faketime/libfaketimeMT.so.1`;
  const installed = `/${library}`;
  if (await isThere(installed)) return installed;
  const packages = await createPackageFetcher({
    cacheFolder: await findCacheFolder(process.env),
    environment: process.env,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  try {
    return join((await packages.cached("libfaketime")) ?? (await packages.fetch("libfaketime")), library);
  } finally {
    await packages.close();
  }
}

/** `setClock` of what was started without a clock of its own. */
export async function noClock(offsetMs: number): Promise<void> {
  if (offsetMs !== 0) throw new TypeError("startCluster() was not asked for clocks");
}

/** A clock that is set through this file, and stays as it is over a restart of its process. The library reads it at each look at the time: 5 µs instead of 50 ns. */
export function describeClock(library: string, file: string): Clock {
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_DISABLE_SHM: "1",
      NO_FAKE_STAT: "1",
    },
    set: async (offsetMs) => {
      const seconds = (Math.abs(offsetMs) / 1000).toFixed(3);
      await writeFile(`${file}.new`, `${offsetMs < 0 ? "-" : "+"}${seconds}`);
      await rename(`${file}.new`, file);
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
