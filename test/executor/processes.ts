import { readdir, readFile } from "node:fs/promises";

/** One process, as the host's process list shows it. */
export interface SeenProcess {
  readonly id: number;
  readonly commandLine: string;
  readonly environment: string;
}

/** Every process that this user can read. */
export async function seenProcesses(): Promise<readonly SeenProcess[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (path: string): Promise<string> => readFile(path, "latin1").catch(() => "");
  return Promise.all(
    ids.map(async (id) => ({
      id: Number(id),
      commandLine: await read(`/proc/${id}/cmdline`),
      environment: await read(`/proc/${id}/environ`),
    })),
  );
}

/** Processes whose command line holds this text. */
export async function processesWith(text: string): Promise<readonly SeenProcess[]> {
  return (await seenProcesses()).filter(({ commandLine }) => commandLine.includes(text));
}
