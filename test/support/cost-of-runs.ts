import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Cluster } from "./cluster.ts";
import { until } from "./until.ts";

/** SQL statements that a part sends, begin and commit among them, and messages that it publishes over NATS. */
export interface Cost {
  readonly statements: number;
  readonly messages: number;
}

/** What a part sends for one run, and what it sends in a span of `spanMs` in which nothing runs. */
export interface PartCost {
  readonly run: Cost;
  readonly idle: Cost;
}

/** Whole periods of what parts do every 1 and 2 s, so that each span has the same of it; a run is over long before. */
const spanMs = 4_000;

/** Batches of a second, of everybody's rows at once: how many of them a run meets is chance. */
const sealing = "audit_chain";

/**
 * What one run costs each part of an idle cluster that counts: the median of several spans with a run in each, less that
 * of as many spans without one, for each statement and subject by itself, so that what a part does now and then counts
 * for nothing. The run is not asked for while it is watched.
 */
export async function costOfRun(
  cluster: Cluster,
  start: () => Promise<string>,
  { spans }: { readonly spans: number },
): Promise<ReadonlyMap<string, PartCost>> {
  const withRun: Tally[] = [];
  const without: Tally[] = [];
  for (let tried = 0; withRun.length < spans && tried < 4 * spans; tried += 1) {
    const ids: string[] = [];
    const counted = await tally(cluster, async () => void ids.push(await start()));
    const wasOver = await isOver(cluster, ids);
    for (const { status } of await cluster.ends(ids)) {
      if (status !== "succeeded") throw new TypeError(`a run that is counted ended as ${status}`);
    }
    await until(async () => ((await isOver(cluster, ids)) ? true : undefined));
    // On a busy machine a run may go on into the next span.
    if (!wasOver) continue;
    withRun.push(counted);
    without.push(await tally(cluster, async () => undefined));
  }
  return new Map(
    cluster.parts.map(({ name }) => {
      const keys = new Set([...withRun, ...without].flatMap((each) => [...(each.get(name)?.keys() ?? [])]));
      const cost = (of: (key: string) => number): Cost => {
        const sum = (kind: string): number =>
          [...keys].filter((key) => key.startsWith(`${kind}\t`)).reduce((total, key) => total + of(key), 0);
        return { statements: sum("sql"), messages: sum("nats") };
      };
      return [
        name,
        {
          run: cost((key) => (key.includes(sealing) ? 0 : median(withRun, name, key) - median(without, name, key))),
          idle: cost((key) => median(without, name, key)),
        },
      ];
    }),
  );
}

/** Whether nothing of these runs is left to do: reports are stored, and the keyring knows that their grants are over. */
async function isOver(cluster: Cluster, ids: readonly string[]): Promise<boolean> {
  const main = await cluster.database("main");
  const open = await main.row(
    z.object({ open: z.number() }),
    `select count(*)::int as open from executions e join attempts a on a.execution_id = e.id
     where e.id = any ($1) and (e.reports is distinct from 'complete' or a.grant_ended_at is null)`,
    [ids],
  );
  return open?.open === 0;
}

/** How often each line was noted, by the name of the part. */
type Tally = ReadonlyMap<string, ReadonlyMap<string, number>>;

async function tally(cluster: Cluster, act: () => Promise<void>): Promise<Tally> {
  const before = await readLines(cluster);
  const over = sleep(spanMs);
  await act();
  await over;
  const after = await readLines(cluster);
  return new Map(
    [...after].map(([name, lines]) => [name, count(lines.slice(before.get(name)?.length ?? 0).map(withoutIds))]),
  );
}

async function readLines(cluster: Cluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = cluster.parts.map(async ({ name }): Promise<[string, readonly string[]]> => {
    const text = await readFile(join(cluster.folder, name, "counts"), "utf8").catch(() => "");
    return [name, text.split("\n").slice(0, -1)];
  });
  return new Map(await Promise.all(read));
}

/** Subjects of inboxes and acknowledgements hold numbers that no other message has. */
function withoutIds(line: string): string {
  return line.replace(/^(nats\t(?:_INBOX|_R_|\$JS\.ACK\.[A-Z]+))\..*/, "$1");
}

function count(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function median(tallies: readonly Tally[], name: string, key: string): number {
  const sorted = tallies.map((each) => each.get(name)?.get(key) ?? 0).toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
