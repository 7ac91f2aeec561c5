import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Cluster } from "./cluster.ts";
import { until } from "./until.ts";

/** A package of one step that reads one secret and prints one line. */
export const plainRun = {
  "main.js": `import { getSecret } from "@sealrun/sdk";\nconsole.log(\`\${getSecret("DB_PASS")?.length} characters\`);\n`,
  "secrets.json": JSON.stringify({ DB_PASS: "canary-of-the-plain-run" }),
} as const;

/** What a run costs, all processes of a kind together. */
export interface Cost {
  /** Begin and commit among them; the platform's with the sealing of its audit, the keyring's without. */
  readonly platformStatements: number;
  /** Waits for PostgreSQL: statements that are sent together are one. */
  readonly platformTrips: number;
  readonly keyringStatements: number;
  readonly keyringTrips: number;
  /** Messages that all parts publish over NATS: requests, answers, acknowledgements and JetStream's own. */
  readonly messages: number;
  /** Ed25519 signatures that all parts make and check. */
  readonly signatures: number;
  /** Processes that all parts start themselves; not those that a started one starts. */
  readonly spawns: number;
}

/** Limits of what a run costs. */
export interface CostLimits {
  /** One run, alone. */
  readonly alone: Partial<Cost>;
  /** One of many that wait for slots. */
  readonly average: Partial<Cost>;
  /** SQL statements of all parts in a second. */
  readonly idle?: number;
}

/** What a run may cost: one alone, the average of many that wait for slots, and nothing at all for a second. */
export const budget: CostLimits = {
  alone: {
    platformStatements: 32,
    platformTrips: 14,
    keyringStatements: 8,
    keyringTrips: 5,
    messages: 13,
    signatures: 16,
    spawns: 1,
  },
  average: {
    platformStatements: 18,
    platformTrips: 9,
    keyringStatements: 5,
    keyringTrips: 3,
    messages: 8,
    signatures: 8,
    spawns: 1,
  },
  idle: 1,
};

/** How often each line was noted, by the name of the part. */
type Tally = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What idle parts did in some spans. */
export type Idle = readonly Tally[];

/** Whole periods of what parts do every 1, 2 and 5 s, so that each span has the same of it; a run is over long before. */
const spanMs = 10_000;
/** After the end of a run: what parts do a little later, such as sealing the audit and ending the grant. */
const restMs = 2_500;

/** Waits until what runs have woken is at rest again. */
export async function auditIsSealed(cluster: Cluster): Promise<void> {
  for (const name of ["main", "keyring"] as const) {
    const sql = await cluster.database(name);
    const row = z.object({ rest: z.number() });
    await until(async () =>
      (await sql.row(row, "select count(*)::int as rest from audit_unsealed"))?.rest === 0 ? true : undefined,
    );
  }
  await sleep(2 * restMs);
}

/** Counts what the parts of a cluster do while nothing runs. */
export async function watchIdle(cluster: Cluster, { spans }: { readonly spans: number }): Promise<Idle> {
  const watched: Tally[] = [];
  for (let span = 0; span < spans; span += 1) watched.push(await tally(cluster, async () => sleep(spanMs)));
  return watched;
}

/** SQL statements of all parts together in an idle second. */
export function idleStatements(idle: Idle): number {
  const lines = idle.flatMap((parts) => [...parts.values()].flatMap((noted) => [...noted]));
  const statements = lines.reduce((sum, [line, times]) => sum + (kindOf(line) === "sql" ? times : 0), 0);
  return (statements * 1_000) / (idle.length * spanMs);
}

/** How often each part sent each statement, a line for each. */
export function describeIdle(idle: Idle): string {
  const times = new Map<string, number>();
  for (const [name, noted] of idle.flatMap((parts) => [...parts])) {
    for (const [line, count] of noted) {
      const statement = `${name}: ${line.split("\t").at(-1)?.slice(0, 60)}`;
      if (kindOf(line) === "sql") times.set(statement, (times.get(statement) ?? 0) + count);
    }
  }
  return [...times].map(([statement, count]) => `  ${count} ${statement}`).join("\n");
}

/**
 * What one run costs in an idle cluster that counts: the median of several spans with a run in each, less that of spans
 * without one, for each statement and subject by itself, so that what a part does now and then counts for nothing. The
 * run is not asked for while it is watched.
 */
export async function costOfRun(
  cluster: Cluster,
  start: () => Promise<string>,
  { idle, spans }: { readonly idle: Idle; readonly spans: number },
): Promise<Cost> {
  const withRun: Tally[] = [];
  for (let tried = 0; withRun.length < spans && tried < 4 * spans; tried += 1) {
    const ids: string[] = [];
    const counted = await tally(cluster, async () => {
      const over = sleep(spanMs);
      ids.push(await start());
      await over;
    });
    // On a busy machine a run may go on into the next span.
    if (await isOver(cluster, ids)) withRun.push(counted);
    else await allOver(cluster, ids);
  }
  if (withRun.length < spans) throw new TypeError(`no run was over within ${spanMs} ms`);
  // A span in which something regular was late has less of it than an idle one.
  return costOf(cluster, (name, line) => Math.max(0, median(withRun, name, line) - median(idle, name, line)));
}

/**
 * The average cost of `runs` runs that four clients start as fast as they are accepted, so that they wait for slots:
 * the median of several rounds, less what idle parts do in that time.
 */
export async function averageCostOfRuns(
  cluster: Cluster,
  start: () => Promise<string>,
  { idle, runs, rounds }: { readonly idle: Idle; readonly runs: number; readonly rounds: number },
): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    const busy = await tally(cluster, async () => {
      await startMany(cluster, start, runs);
      await sleep(restMs);
    });
    const spans = (performance.now() - begin) / spanMs;
    const times = (name: string, line: string): number =>
      Math.max(0, timesIn(busy, name, line) - median(idle, name, line) * spans) / runs;
    costs.push(await costOf(cluster, times));
  }
  return medianOf(costs);
}

/** Starts so many runs, four clients as fast as they are accepted, and waits until nothing of them is left to do. */
export async function startMany(cluster: Cluster, start: () => Promise<string>, runs: number): Promise<void> {
  let started = 0;
  const client = async (): Promise<readonly string[]> => {
    const ids: string[] = [];
    while (started < runs) {
      started += 1;
      ids.push(await start());
    }
    return ids;
  };
  const ids = (await Promise.all([client(), client(), client(), client()])).flat();
  await allOver(cluster, ids);
}

/** How often each part has parsed each Ed25519 key so far, as `part half digest`. */
export async function signingKeysParsed(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const parsed = [...(await readLines(cluster))].flatMap(([name, lines]) =>
    lines.flatMap((line) => {
      const [kind, half, type, digest] = line.split("\t");
      return kind === "key" && type === "ed25519" ? [`${name} ${half} ${digest}`] : [];
    }),
  );
  return count(parsed);
}

function medianOf(costs: readonly Cost[]): Cost {
  return {
    platformStatements: middle(costs.map((cost) => cost.platformStatements)),
    platformTrips: middle(costs.map((cost) => cost.platformTrips)),
    keyringStatements: middle(costs.map((cost) => cost.keyringStatements)),
    keyringTrips: middle(costs.map((cost) => cost.keyringTrips)),
    messages: middle(costs.map((cost) => cost.messages)),
    signatures: middle(costs.map((cost) => cost.signatures)),
    spawns: middle(costs.map((cost) => cost.spawns)),
  };
}

/** Waits, without asking a part, until nothing of these runs is left to do; throws when one did not succeed. */
async function allOver(cluster: Cluster, ids: readonly string[]): Promise<void> {
  await until(async () => ((await isOver(cluster, ids)) ? true : undefined));
}

/** Whether nothing of these runs is left to do: reports are stored, and the keyring knows that their grants are over. */
async function isOver(cluster: Cluster, ids: readonly string[]): Promise<boolean> {
  const main = await cluster.database("main");
  const found = await main.row(
    z.object({ over: z.number(), failed: z.number() }),
    `select count(*) filter (where e.reports = 'complete' and not exists (
              select from attempts a where a.execution_id = e.id and a.grant_ended_at is null))::int as over,
            count(*) filter (where e.status not in ('queued', 'running', 'succeeded'))::int as failed
     from executions e where e.id = any ($1)`,
    [ids],
  );
  if (found !== undefined && found.failed > 0) throw new TypeError(`${found.failed} runs that are counted failed`);
  return found?.over === ids.length;
}

async function tally(cluster: Cluster, act: () => Promise<void>): Promise<Tally> {
  const before = await readLines(cluster);
  await act();
  const after = await readLines(cluster);
  return new Map(
    [...after].map(([name, lines]) => [name, count(lines.slice(before.get(name)?.length ?? 0).map(withoutIds))]),
  );
}

async function readLines(cluster: Cluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = cluster.parts.map(async ({ name }): Promise<[string, readonly string[]]> => {
    const text = await readFile(join(cluster.folder, name, "faults/counts"), "utf8").catch(() => "");
    return [name, text.split("\n").slice(0, -1)];
  });
  return new Map(await Promise.all(read));
}

/**
 * Subjects of inboxes and acknowledgements hold numbers that no other message has; and which of a transaction's
 * statements begins a wait is chance when they are sent together.
 */
function withoutIds(line: string): string {
  return line.replace(/^(nats\t(?:_INBOX|_R_|\$JS\.ACK\.[A-Z]+))\..*/, "$1").replace(/^(trip\t[^\t]+)\t.*/, "$1");
}

function count(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Adds up `timesOf` of every line that any part has noted so far. */
async function costOf(cluster: Cluster, timesOf: (name: string, line: string) => number): Promise<Cost> {
  const noted = [...(await readLines(cluster))].flatMap(([name, lines]) =>
    [...new Set(lines.map(withoutIds))].map((line) => ({ name, line, times: timesOf(name, line) })),
  );
  const sum = (kind: string, part = ""): number =>
    noted
      .filter(({ name, line }) => kindOf(line) === kind && name.startsWith(part) && isCounted(name, line))
      .reduce((total, { times }) => total + times, 0);
  return {
    platformStatements: sum("sql", "platform"),
    platformTrips: sum("trip", "platform"),
    keyringStatements: sum("sql", "keyring"),
    keyringTrips: sum("trip", "keyring"),
    messages: sum("nats"),
    signatures: sum("signature"),
    spawns: sum("spawn"),
  };
}

function kindOf(line: string): string {
  return line.slice(0, line.indexOf("\t"));
}

/** Sealing the keyring's audit is done for all rows of a time at once. Of long statements only the start is noted. */
function isCounted(name: string, line: string): boolean {
  return !(name.startsWith("keyring") && /audit_chain|audit_unsealed|select a\.number::text as seq, array/.test(line));
}

function median(tallies: readonly Tally[], name: string, line: string): number {
  return middle(tallies.map((each) => timesIn(each, name, line)));
}

function timesIn(counted: Tally, name: string, line: string): number {
  return counted.get(name)?.get(line) ?? 0;
}

function middle(figures: readonly number[]): number {
  return figures.toSorted((left, right) => left - right)[Math.floor(figures.length / 2)] ?? 0;
}
