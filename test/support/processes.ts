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

/** A process, told from a later one of the same id by when it began. */
export interface KnownProcess {
  readonly pid: number;
  readonly startedAt: string;
}

/** What a process started itself. */
export async function childrenOf(parent: number): Promise<readonly KnownProcess[]> {
  const all = (await Promise.all((await readdir("/proc")).map(readStat))).filter((found) => found !== undefined);
  return all.filter((found) => found.parent === parent);
}

/** Everything that a process started, and what that started, however deep. */
export async function descendantsOf(ancestor: number): Promise<readonly KnownProcess[]> {
  const all = (await Promise.all((await readdir("/proc")).map(readStat))).filter((found) => found !== undefined);
  const children = (parent: number): readonly KnownProcess[] =>
    all
      .filter((found) => found.parent === parent)
      .flatMap(({ pid, startedAt }) => [{ pid, startedAt }, ...children(pid)]);
  return children(ancestor);
}

/** The processes in which an executor runs attempts: those below it that it starts ahead, from a file of its own. Bubblewrap may be between. */
export async function workersOf(executor: number): Promise<readonly number[]> {
  const all = (await descendantsOf(executor)).map(async ({ pid }) => {
    const program = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    // What starts one has its command at its own end, and another program at its start.
    const [node = "", ...given] = program.split("\0").slice(0, -1);
    return node.endsWith("/node") && /executor\/.*\/main\.[jt]s$/.test(given.at(-1) ?? "") ? [pid] : [];
  });
  return (await Promise.all(all)).flat();
}

/** Those of the processes that are still there; one that ended and was not yet waited for does not count. */
export async function stillAlive(processes: readonly KnownProcess[]): Promise<readonly number[]> {
  const now = await Promise.all(processes.map(async ({ pid }) => readStat(String(pid))));
  return processes
    .filter(({ startedAt }, index) => now[index]?.startedAt === startedAt && now[index]?.state !== "Z")
    .map(({ pid }) => pid);
}

async function readStat(
  pid: string,
): Promise<(KnownProcess & { readonly parent: number; readonly state: string }) | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name in brackets may hold anything, brackets too; the fields after it are numbered from 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent = "", startedAt = ""] = [fields[0], fields[1], fields[19]];
  return text === "" || !/^[0-9]+$/.test(pid)
    ? undefined
    : { pid: Number(pid), parent: Number(parent), state, startedAt };
}
