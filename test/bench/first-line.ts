import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { howMany } from "./bench-cluster.ts";
import { startJobQueue } from "./job-queue.ts";
import { type BenchPlatform, benchFolder, postgresOf, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, ratioRow } from "./row.ts";
import { networks, packageOf, type ScriptKind, scriptKinds } from "./script-kinds.ts";

const rounds = howMany("FIRST_LINE_ROUNDS", 10);
/** Runs that somebody waits for come one by one: what an executor keeps ready for the next is there by then. */
const betweenMs = 400;
/** Of each kind, beside the bare interpreter. */
const goals = { node: 0.6, python: 1.5, shell: 1.5 } as const;

/**
 * From the moment a run is accepted (202) to its first line at a client, against the first byte of the bare
 * interpreter, and of a job queue that opens its secrets with dotenvx. The first run of a version also fetches and
 * compiles it, and finds another script's runner ready. Medians, taken in turn.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const rows: BenchRow[] = [];
    for (const kind of await scriptKinds()) rows.push(...(await rowsOf(kind, platform, folder.path)));
    return rows;
  } finally {
    await platform.stop();
    await folder.remove();
  }
}

async function rowsOf(kind: ScriptKind, platform: BenchPlatform, folder: string): Promise<readonly BenchRow[]> {
  const script = join(folder, kind.bare.file);
  await writeFile(script, kind.bare.text);
  const jobs =
    kind.name === "node"
      ? await startJobQueue(join(folder, "jobs"), await postgresOf(folder), kind.bare.text)
      : undefined;
  const rows: BenchRow[] = [];
  for (const network of networks) {
    const name = `${kind.name}-${network.name}`;
    const files = packageOf(kind, network.name);
    const [main = "", text = ""] = Object.entries(files)[0] ?? [];
    const comment = kind.name === "node" ? "//" : "#";
    const [first, later, bare, queued]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < rounds; round += 1) {
      await platform.push(name, { ...files, [main]: `${text}${comment} version ${round}\n` });
      first.push(await untilFirstLine(platform, name));
      await sleep(betweenMs);
      later.push(await untilFirstLine(platform, name));
      bare.push(await untilFirstByte(kind.bare, script));
      if (jobs !== undefined) queued.push(await jobs.untilFirstByte());
    }
    const accepted = `accepted to first line of ${kind.what}${network.what}`;
    const [ours, alternative] = [median(later), median(bare)];
    rows.push(
      ratioRow({ what: `${accepted}, against the bare interpreter`, ours, alternative, unit: "ms" }, goals[kind.name]),
      ratioRow({ what: `the same, a version's first run`, ours: median(first), alternative, unit: "ms" }, undefined),
    );
    if (jobs !== undefined) {
      const what = `${accepted}, against graphile-worker with dotenvx run`;
      rows.push(ratioRow({ what, ours, alternative: median(queued), unit: "ms" }, 0.1));
    }
  }
  await jobs?.stop();
  return rows;
}

async function untilFirstLine(platform: BenchPlatform, name: string): Promise<number> {
  const id = await platform.start(name);
  const accepted = performance.now();
  let firstLineMs = Number.NaN;
  for await (const event of platform.watch(id)) {
    const isLine = event.kind === "early" || event.kind === "log";
    if (isLine && Number.isNaN(firstLineMs)) firstLineMs = performance.now() - accepted;
  }
  return firstLineMs;
}

async function untilFirstByte({ program, env }: ScriptKind["bare"], path: string): Promise<number> {
  const begin = performance.now();
  const child = spawn(program, [path], { env, stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const time = performance.now() - begin;
  await once(child, "exit");
  return time;
}
