import { access, constants, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inject } from "vitest";
import { sandboxLayout } from "../../executor/src/child/layout.ts";
import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { createPackageFetcher } from "../../packages/cli/src/setup/fetch-package.ts";
import type { Python } from "../../packages/cli/src/setup/python.ts";
import "./provided.ts";

/** Programs that scripts call, and the Debian packages that have them. */
const known = [
  { program: "curl", name: "curl" },
  { program: "git", name: "git" },
  { program: "psql", name: "postgresql-client" },
] as const;

/** How a sandbox shows the programs to a script. */
export interface ClientPrograms {
  /** The Python of runs, with the folders of the programs among its mounts. */
  readonly python: Python;
  /** Variables of the step. */
  readonly own: Readonly<Record<string, string>>;
}

/** curl, git and psql for scripts: this machine's, and those that a bare Debian lacks, which are fetched as bubblewrap is. */
export async function clientPrograms(
  lacks: (program: string) => Promise<boolean> = isMissing,
): Promise<ClientPrograms> {
  const { python } = inject("programs");
  const missing = await Promise.all(known.map(async (one) => ((await lacks(one.program)) ? [one] : [])));
  const fetched = await Promise.all((await fetchAll(missing.flat().map(({ name }) => name))).map(describe));
  if (fetched.length === 0) return { python, own: {} };
  const usual = [sandboxLayout.programs, dirname(python.interpreter), "/usr/local/bin", "/usr/bin", "/bin"];
  const git = fetched.find(({ name }) => name === "git");
  return {
    python: { ...python, mounts: [...python.mounts, ...fetched.map(({ mount }) => mount)] },
    own: {
      PATH: [...fetched.flatMap(({ programs }) => programs), ...usual].join(":"),
      LD_LIBRARY_PATH: fetched.flatMap(({ libraries }) => libraries).join(":"),
      ...(git === undefined ? {} : { GIT_EXEC_PATH: `${git.mount.sandboxPath}/usr/lib/git-core` }),
    },
  };
}

async function isMissing(program: string): Promise<boolean> {
  return access(join("/usr/bin", program), constants.X_OK).then(
    () => false,
    () => true,
  );
}

interface Fetched {
  readonly name: string;
  readonly folder: string;
}

/** One after another: apt's folders are shared between them. */
async function fetchAll(names: readonly string[]): Promise<readonly Fetched[]> {
  if (names.length === 0) return [];
  const packages = await createPackageFetcher({
    cacheFolder: await findCacheFolder(process.env),
    environment: process.env,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  try {
    const all: Fetched[] = [];
    for (const name of names) all.push({ name, folder: (await packages.cached(name)) ?? (await packages.fetch(name)) });
    return all;
  } finally {
    await packages.close();
  }
}

/** How a sandbox shows one of them. */
async function describe({ name, folder }: Fetched) {
  const sandboxPath = `/opt/${name}`;
  const list = async (path: string): Promise<readonly string[]> =>
    (await readdir(join(folder, path)).catch(() => [])).map((found) => `${sandboxPath}/${path}/${found}`);
  // Debian has a folder of PostgreSQL's programs for each version.
  const versions = await list("usr/lib/postgresql");
  const libraries = [...(await list("usr/lib")), ...(await list("lib"))].filter((path) => path.endsWith("-linux-gnu"));
  return {
    name,
    mount: { hostPath: folder, sandboxPath },
    programs: [...versions.map((path) => `${path}/bin`), `${sandboxPath}/usr/bin`],
    libraries,
  };
}
