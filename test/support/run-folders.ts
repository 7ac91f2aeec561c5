import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The folders of runs below an executor's `workDir`, and what else is there but the homes of workers and the runner that waits in each. */
export async function runFolders(work: string): Promise<readonly string[]> {
  const entries = await namesIn(work);
  const isHome = (entry: string): boolean => entry.startsWith("worker-");
  const inHomes = entries.filter(isHome).map(async (entry) => {
    const folder = join(work, entry, "own/work");
    const names = await namesIn(folder);
    const [waiting] = names.filter((name) => name.startsWith("ahead-"));
    return names.filter((name) => name !== waiting).map((name) => join(folder, name));
  });
  return [
    ...entries.filter((entry) => !isHome(entry)).map((entry) => join(work, entry)),
    ...(await Promise.all(inHomes)).flat(),
  ];
}

/** The cgroups of steps below an executor's: in those of its workers. */
export async function stepCgroups(folder: string): Promise<readonly string[]> {
  const workers = (await namesIn(folder)).filter((name) => name.startsWith("sealrun-worker-"));
  const names = await Promise.all(workers.map(async (worker) => namesIn(join(folder, worker))));
  return names.flat().filter((name) => name.startsWith("sealrun-step-"));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
