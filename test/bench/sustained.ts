import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@sealrun/postgres";
import { z } from "zod";
import { plainRun } from "../support/cost-of-runs.ts";
import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, rateRow } from "./row.ts";

const rounds = 3;
/** Of each kind, in each round. */
const runs = howMany("SUSTAINED_RUNS", 200);
const pollMs = 20;

/** Scripts that read one secret and print one line, and the same without a platform: the value is in a variable. */
const kinds = [
  {
    what: "a one-secret Node script",
    name: "node",
    files: plainRun,
    bare: {
      file: "script.js",
      text: "console.log(`${process.env.DB_PASS.length} characters`);\n",
      program: process.execPath,
    },
    lowest: 0.4,
  },
  {
    what: "a one-secret shell script",
    name: "shell",
    files: {
      "main.sh": '#!/bin/sh\nvalue=$(sealrun-context get DB_PASS)\necho "${#value} characters"\n',
      "secrets.json": plainRun["secrets.json"],
    },
    bare: { file: "script.sh", text: 'echo "${#DB_PASS} characters"\n', program: "/bin/sh" },
    lowest: undefined,
  },
] as const;

/**
 * Runs in a second that wait for slots, every process started cold, against bare processes of the executor's own
 * interpreters, two at a time. Medians of rounds taken in turn.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const database = await platform.database();
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const rows: BenchRow[] = [];
    for (const { what, name, files, bare, lowest } of kinds) {
      await platform.push(name, files);
      const script = join(folder.path, bare.file);
      await writeFile(script, bare.text);
      // A version's first run fetches its files.
      await rateOfRuns(platform, database, name, 1);
      const [ours, alternative]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        ours.push(await rateOfRuns(platform, database, name, runs));
        alternative.push(await rateOfSpawns(bare.program, script));
      }
      const against = `sustained runs of ${what}, cold, against bare spawns two at a time`;
      rows.push(rateRow({ what: against, ours: median(ours), alternative: median(alternative) }, lowest));
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

async function rateOfSpawns(program: string, script: string): Promise<number> {
  const begin = performance.now();
  let left = runs;
  const spawnOneByOne = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const child = spawn(program, [script], { env: { DB_PASS: "canary" }, stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.resume();
      const [code]: unknown[] = await once(child, "close");
      if (code !== 0) throw new TypeError(`${program} ${script} ended with ${String(code)}`);
    }
  };
  await Promise.all([spawnOneByOne(), spawnOneByOne()]);
  return (runs * 1_000) / (performance.now() - begin);
}
