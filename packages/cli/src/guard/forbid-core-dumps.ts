import { readFile, writeFile } from "node:fs/promises";
import { runProgram } from "../setup/run-program.ts";

/**
 * Sets the limit of core dumps to 0, for this process and all that it starts from now on: a dump would hold keys and
 * values. Node cannot set a limit, so util-linux's prlimit does, unless the limit is 0 already. A program to which the
 * kernel pipes a dump gets it whatever the limit is, so dumps are also made to hold no memory. Returns what could not be
 * done, or undefined.
 */
export async function forbidCoreDumps(): Promise<string | undefined> {
  const isEmptied = await emptyDumps();
  if (!(await isLimited())) await runProgram("prlimit", ["--core=0:0", "--pid", String(process.pid)]);
  const isDone = await isLimited();
  if (isDone && isEmptied) return undefined;
  return isDone
    ? "Core dumps that the kernel pipes to a program may hold memory of this process: /proc/self/coredump_filter cannot be written"
    : "Core dumps of this process are not forbidden: prlimit of util-linux is missing or failed; set LimitCORE=0 in its service, or ulimit -c 0 before its start";
}

async function isLimited(): Promise<boolean> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  return /^Max core file size\s+0\s+0\s/m.test(limits);
}

/** No kind of memory; children inherit this. */
async function emptyDumps(): Promise<boolean> {
  return writeFile("/proc/self/coredump_filter", "0").then(
    () => true,
    () => false,
  );
}
