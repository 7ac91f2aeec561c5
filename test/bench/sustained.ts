import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@sealrun/postgres";
import { z } from "zod";
import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, rateRow } from "./row.ts";
import { networks, packageOf, type ScriptKind, scriptKinds } from "./script-kinds.ts";

const rounds = 3;
/** Of each kind, in each round. */
const runs = howMany("SUSTAINED_RUNS", 200);
const pollMs = 20;

/** Of the runs of each kind, beside bare processes. */
const goals = { node: 0.45, python: 0.25, shell: undefined } as const;

/**
 * Runs in a second that wait for slots, each in a sandbox of its own, against bare processes of the executor's own
 * interpreters, two at a time. Medians of rounds taken in turn.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const database = await platform.database();
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const rows: BenchRow[] = [];
    for (const kind of await scriptKinds()) {
      const script = join(folder.path, kind.bare.file);
      await writeFile(script, kind.bare.text);
      for (const network of networks) {
        const name = `${kind.name}-${network.name}`;
        await platform.push(name, packageOf(kind, network.name));
        // A version's first run fetches its files.
        await rateOfRuns(platform, database, name, 1);
        const [ours, alternative]: [number[], number[]] = [[], []];
        for (let round = 0; round < rounds; round += 1) {
          ours.push(await rateOfRuns(platform, database, name, runs));
          alternative.push(await rateOfSpawns(kind.bare, script));
        }
        const what = `sustained runs of ${kind.what} with one secret${network.what}, against bare spawns two at a time`;
        rows.push(rateRow({ what, ours: median(ours), alternative: median(alternative) }, goals[kind.name]));
      }
    }
    return rows;
  } finally {
    await database.close();
    await platform.stop();
    await folder.remove();
  }
}

/** From the first request to the end of the last run. */
async function rateOfRuns(platform: BenchPlatform, database: Database, name: string, count: number): Promise<number> {
  const begin = performance.now();
  let left = count;
  const client = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    while (left > 0) {
      left -= 1;
      ids.push(await platform.start(name));
    }
    return ids;
  };
  const ids = (await Promise.all([client(), client(), client(), client()])).flat();
  for (; ; await sleep(pollMs)) {
    const found = await database.row(
      z.object({ succeeded: z.number(), open: z.number() }),
      `select count(*) filter (where status = 'succeeded')::int as succeeded,
              count(*) filter (where status in ('queued', 'running'))::int as open
       from executions where id = any ($1)`,
      [ids],
    );
    if (found === undefined || found.open > 0) continue;
    if (found.succeeded < count) throw new TypeError(`${count - found.succeeded} of ${count} runs did not succeed`);
    return (count * 1_000) / (performance.now() - begin);
  }
}

async function rateOfSpawns({ program, env }: ScriptKind["bare"], script: string): Promise<number> {
  const begin = performance.now();
  let left = runs;
  const spawnOneByOne = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const child = spawn(program, [script], { env, stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.resume();
      const [code]: unknown[] = await once(child, "close");
      if (code !== 0) throw new TypeError(`${program} ${script} ended with ${String(code)}`);
    }
  };
  await Promise.all([spawnOneByOne(), spawnOneByOne()]);
  return (runs * 1_000) / (performance.now() - begin);
}
