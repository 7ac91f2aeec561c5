import { readdir, readFile } from "node:fs/promises";

/** A process that this user may see. */
export interface SeenProcess {
  readonly pid: number;
  readonly commandLine: readonly string[];
}

/** Processes whose command line or environment names a text, a folder say. */
export async function processesNaming(text: string): Promise<readonly SeenProcess[]> {
  const pids = (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name) && name !== String(process.pid));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const read = async (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
      const [commandLine, environment] = [await read("cmdline"), await read("environ")];
      const isOurs = commandLine.includes(text) || environment.includes(text);
      return isOurs ? [{ pid: Number(pid), commandLine: commandLine.split("\0") }] : [];
    }),
  );
  return all.flat();
}

/** The process that has this whole word on its command line, and is no wrapper that became another program. */
export async function pidOf(word: string): Promise<number> {
  const [found, ...others] = (await processesNaming(word)).filter(({ commandLine }) => commandLine.includes(word));
  if (found === undefined || others.length > 0) throw new Error(`${others.length + 1} processes have ${word}`);
  return found.pid;
}
