import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Cluster } from "../support/cluster.ts";
import { plainRun, startMany } from "../support/cost-of-runs.ts";
import { howMany, startBenchCluster } from "./bench-cluster.ts";
import { type BenchRow, limitRow } from "./row.ts";

const runs = howMany("STORED_RUNS", 1_000);
const lines = howMany("STORED_LINES", 100_000);
/** What parts write a little after a run's end. */
const restMs = 3_000;

/** Lines of 80 bytes with their line ends: as a service writes them, and of random text, which cannot be compressed. */
const longLogs = {
  realistic: `const paths = ["/api/items", "/api/orders", "/api/users", "/health", "/api/reports"];
for (let line = 0; line < ${lines}; line += 1) {
  const request = ((line * 2654435761) >>> 0).toString(16).padStart(8, "0");
  const path = paths[line % paths.length] + "/" + (line * 7919 % 10007);
  const text = new Date().toISOString() + " INFO  " + request + " GET " + path + " 200 in " + (line * 31 % 977) + " ms";
  console.log(text.padEnd(79, ".").slice(0, 79));
}
`,
  random: `import { randomBytes } from "node:crypto";
for (let line = 0; line < ${lines}; line += 1) console.log(randomBytes(60).toString("base64").slice(0, 79));
`,
} as const;

/**
 * What both databases grow by, with indexes and after a vacuum: for a run with one line, and for a line of a long log.
 * As many runs went before: what they needed for a while is space that later ones use again.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const cluster = await startBenchCluster();
  try {
    const growthOf = async (name: string, count: number): Promise<number> => {
      const before = await storedBytes(cluster);
      await startMany(cluster, async () => cluster.run(name), count);
      await sleep(restMs);
      return (await storedBytes(cluster)) - before;
    };
    await cluster.push("plain", plainRun);
    for (const [name, text] of Object.entries(longLogs)) await cluster.push(name, { "main.js": text });
    await growthOf("plain", runs);
    const perRun = (await growthOf("plain", runs)) / runs;
    const realistic = (await growthOf("realistic", 1)) / lines;
    const random = (await growthOf("random", 1)) / lines;
    const alternative = Number.NaN;
    return [
      limitRow(
        { what: "stored in PostgreSQL for a run with one line", ours: perRun / 1024, alternative, unit: "KiB" },
        6,
      ),
      limitRow(
        { what: "the same for a line of 80 bytes in a long log", ours: realistic, alternative, unit: "bytes" },
        40,
      ),
      {
        what: "the same for a line of 80 random characters",
        ours: random,
        alternative,
        ratio: undefined,
        unit: "bytes",
        goal: "",
        isMet: true,
      },
    ];
  } finally {
    await cluster.close();
  }
}

async function storedBytes(cluster: Cluster): Promise<number> {
  let bytes = 0;
  for (const name of ["main", "keyring"] as const) {
    const database = await cluster.database(name);
    await database.run("vacuum");
    const found = await database.row(
      z.object({ bytes: z.coerce.number() }),
      "select sum(pg_total_relation_size(c.oid))::text as bytes from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace",
    );
    bytes += found?.bytes ?? Number.NaN;
  }
  return bytes;
}
