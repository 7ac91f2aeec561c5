import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Cluster } from "../support/cluster.ts";
import { lineOf, readFeeds } from "../support/read-feeds.ts";

/**
 * Reports are late, not lost, as long as some arrive within this time. JetStream redelivers a message after 30 s, and a
 * platform that took some of them may have died just before.
 */
const silenceMs = 120_000;
const asked = 8;

/** I10 to I12, for every run that succeeded: all of its output, all of its reads, and no step that never ends. */
export async function reportsAreWhole(cluster: Cluster): Promise<readonly string[]> {
  const late = await waitForReports(cluster);
  const found = [await outputIsWhole(cluster), await receiptsAreWhole(cluster), await stepsHaveEnded(cluster)];
  return [
    ...late.map((id) => `I10: reports of ${id} are not complete, and none arrived for ${silenceMs / 1_000} s`),
    ...found.flat(),
  ];
}

const idRow = z.object({ id: z.string() });

/** Asks the platform until it has all reports of every run that succeeded, or none arrived for long; gives the runs that miss some. */
async function waitForReports(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  let waiting = (await main.rows(idRow, "select id from executions where status = 'succeeded'")).map(({ id }) => id);
  for (let deadline = Date.now() + silenceMs; ; await sleep(500)) {
    const left: string[] = [];
    const queue = [...waiting];
    const work = async (): Promise<void> => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (!(await cluster.show(id)).reportsComplete) left.push(id);
      }
    };
    await Promise.all(Array.from({ length: asked }, work));
    if (left.length < waiting.length) deadline = Date.now() + silenceMs;
    waiting = left;
    if (waiting.length === 0 || Date.now() > deadline) return waiting;
  }
}

/** I10: each number that a run's last attempt printed is stored once, in the order of its stream. */
async function outputIsWhole(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const runs = await succeededRuns(cluster);
  const printed = new Map<string, number[]>();
  const ids = runs.map(({ id }) => id);
  for await (const { id, rows } of readFeeds(main, ids)) {
    for (const row of rows) {
      const [, tag, number] = /^number (tag-[0-9-]+) ([0-9]+)$/.exec(lineOf(row) ?? "") ?? [];
      if (tag === undefined) continue;
      const key = `${id} ${tag} ${row.stream}`;
      printed.set(key, [...(printed.get(key) ?? []), Number(number)]);
    }
  }
  return runs.flatMap(({ id, package: name }) => {
    const numbers = cluster.leaves.get(name)?.numbers ?? 0;
    const tag = cluster.witness.seen.findLast(({ executionId, what }) => executionId === id && what.startsWith("tag-"));
    return (["stdout", "stderr"] as const).flatMap((stream) => {
      const first = stream === "stdout" ? 1 : 2;
      const expected = Array.from({ length: Math.ceil((numbers + 1 - first) / 2) }, (_, index) => first + 2 * index);
      const fault = differs(printed.get(`${id} ${tag?.what} ${stream}`) ?? [], expected);
      return fault === undefined ? [] : [`I10: ${stream} of ${id} (${name}) ${fault}`];
    });
  });
}

function differs(found: readonly number[], expected: readonly number[]): string | undefined {
  const there = new Set(found);
  const missing = expected.filter((number) => !there.has(number));
  if (missing.length > 0) return `lacks ${missing.length} of ${expected.length} lines, the first is ${missing[0]}`;
  if (found.length > expected.length) return `has ${found.length - expected.length} lines twice`;
  return found.every((number, index) => number === expected[index]) ? undefined : "is out of order";
}

/** I11: the receipt of the attempt that ended has each read, once. */
async function receiptsAreWhole(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const rows = await main.rows(
    z.object({ id: z.string(), names: z.array(z.string()) }),
    `select e.id, array_agg(r.name) as names from executions e
     join receipts r on r.execution_id = e.id and r.attempt = e.attempt where e.status = 'succeeded' group by e.id`,
  );
  const receipts = new Map(rows.map(({ id, names }) => [id, names]));
  return (await succeededRuns(cluster)).flatMap(({ id, package: name }) => {
    const expected = cluster.leaves.get(name)?.reads.toSorted().join(", ");
    const found = (receipts.get(id) ?? []).toSorted().join(", ");
    return found === expected ? [] : [`I11: the receipt of ${id} (${name}) has "${found}" instead of "${expected}"`];
  });
}

/** I12: no step of an ended execution is pending or running, however the execution ended. */
async function stepsHaveEnded(cluster: Cluster): Promise<readonly string[]> {
  const main = await cluster.database("main");
  const rows = await main.rows(
    z.object({ id: z.string(), status: z.string(), script: z.string(), step: z.string() }),
    `select e.id, e.status, s.script, s.status as step from executions e join execution_steps s on s.execution_id = e.id
     where e.finished_at is not null and s.status in ('pending', 'running')`,
  );
  return rows.map(({ id, status, script, step }) => `I12: ${script} of ${id} (${status}) is still ${step}`);
}

/** The runs of packages whose output is known. */
async function succeededRuns(cluster: Cluster): Promise<readonly { readonly id: string; readonly package: string }[]> {
  const main = await cluster.database("main");
  return main.rows(
    z.object({ id: z.string(), package: z.string() }),
    `select e.id, k.name as package from executions e join packages k on k.id = e.package_id
     where e.status = 'succeeded' and k.name = any ($1)`,
    [[...cluster.leaves.keys()]],
  );
}
