import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionInfo } from "@sealrun/protocol";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { crashCases } from "../faults/crash-cases.ts";
import { hangAndKill } from "../faults/hang-and-kill.ts";
import { brokenInvariants } from "../faults/invariants.ts";
import { type Cluster, clusterLimits, type ClusterPart, startCluster } from "../support/cluster.ts";
import { fillDisk } from "../support/fill-disk.ts";
import { residentMiB } from "../support/resident.ts";
import { startPatiently } from "../support/start-patiently.ts";
import { type SeededRandom, seededRandom } from "../support/seeded-random.ts";

/** How long, how much, and which luck. */
export interface SoakOptions {
  readonly programs: Programs;
  readonly seed: number;
  /** Of faults and of starts; the quiet comes after it. */
  readonly seconds: number;
  readonly executions: number;
  readonly say: (line: string) => void;
}

/** What became of it. */
export interface SoakSummary {
  readonly seed: number;
  readonly accepted: number;
  /** How many ended with each status, or with `WORKER_LOST`. */
  readonly ends: Readonly<Record<string, number>>;
  readonly reruns: number;
  readonly faults: Readonly<Record<string, number>>;
  /** Until all had ended. */
  readonly quietSeconds: number;
  /** The longest time of it in which nothing ended. */
  readonly stalledSeconds: number;
  readonly largestMiB: number;
  readonly broken: readonly string[];
}

/**
 * Once the last fault is over, nothing may end for this long at most: a lease, a grace, a redelivery after 30 s and a
 * backoff of 30 s come one after the other at worst. What takes longer waits for something that never comes. On a slow
 * machine many runs still wait for slots by then; they end one after the other.
 */
export const maxStalledSeconds = 120;

/** Room for a few workspaces: small enough to be filled in a moment. */
const diskBytes = 48 * 1024 * 1024;

/** Both platforms remove what is done at the same time, and often. */
const limits = { ...clusterLimits, reconcileMs: 500 };

/** Starts executions at a steady pace while things die at random; then lets all of it end, and looks at what is left. */
export async function soak(options: SoakOptions): Promise<SoakSummary> {
  const { programs, seed, seconds, executions, say } = options;
  const random = seededRandom(seed);
  const env = { SEALRUN_FAULTS: `${seed}:0.002` };
  const cluster = await startCluster({ programs, keyrings: 2, executors: 1, slots: 4, clocks: true, limits, env });
  try {
    await startPatiently(await cluster.addExecutor({}, { diskBytes, keepsState: true }));
    await pushPackages(cluster);
    const over = Date.now() + seconds * 1_000;
    const faults: Record<string, number> = {};
    const disturbing = disturb(cluster, random, over, (name) => {
      faults[name] = (faults[name] ?? 0) + 1;
      say(`${Math.round((over - Date.now()) / 1_000)} s left: ${name}`);
    });
    // It is awaited below; what it fails with must not be reported as unhandled before that.
    disturbing.catch(() => undefined);
    const accepted = await startSteadily(cluster, seededRandom(seed + 1), { over, seconds, executions });
    await disturbing;
    await repair(cluster);
    say(`quiet: ${accepted.length} accepted`);
    const quietSince = Date.now();
    const ends: Record<string, number> = {};
    const ended = await cluster.ends(accepted);
    const quietSeconds = Math.round((Date.now() - quietSince) / 1_000);
    for (const end of ended.map(endOf)) ends[end] = (ends[end] ?? 0) + 1;
    const sizes = await Promise.all(cluster.parts.map(async (part) => residentMiB(part.pid())));
    const broken = await brokenInvariants(cluster, { accepted });
    const reruns = accepted.filter((id) => cluster.witness.count(id) > 1).length;
    return {
      seed,
      accepted: accepted.length,
      ends,
      reruns,
      faults,
      quietSeconds,
      stalledSeconds: Math.round(longestPause(ended, quietSince) / 1_000),
      largestMiB: Math.round(Math.max(...sizes)),
      broken,
    };
  } finally {
    await cluster.close();
  }
}

/** Its status; for one that failed because its worker was killed, the code of that. */
function endOf({ status, error }: ExecutionInfo): string {
  return error?.code === "WORKER_LOST" ? error.code : status;
}

/** The longest time in ms, after `since`, in which none of the executions ended. PostgreSQL has this machine's clock here. */
function longestPause(ended: readonly ExecutionInfo[], since: number): number {
  const times = ended.map(({ finishedAt }) => Date.parse(finishedAt ?? "")).filter((time) => time > since);
  const moments = [since, ...times].toSorted((left, right) => left - right);
  return Math.max(...moments.map((moment, index) => moment - (moments[index - 1] ?? since)));
}

const packages = ["quick", "careful", "busy"] as const;

async function pushPackages(cluster: Cluster): Promise<void> {
  // A question that is not answered ends the run, or its receipt would lack a read that never was.
  const get = "sealrun-context get DB_PASS >/dev/null || exit 5";
  await cluster.pushScript("quick", `${get}; number 1 20`, {}, { numbers: 20, reads: ["DB_PASS"] });
  await cluster.pushScript(
    "careful",
    `${get}; for part in 1 2 3 4; do number $((part * 50 - 49)) $((part * 50)); sleep 0.2; done; ${get}`,
    { on_lost: "rerun" },
    { numbers: 200, reads: ["DB_PASS"] },
  );
  await cluster.pushScript(
    "busy",
    `printf %s "$id" | sealrun-context set LAST --scope project || exit 6
printf %s "$id" | sealrun-context state put last || exit 7
number 1 99
sealrun-context get LAST >/dev/null || exit 5
printf done | sealrun-context result`,
    { on_lost: "rerun" },
    { numbers: 99, reads: ["LAST"] },
  );
}

async function startSteadily(
  cluster: Cluster,
  random: SeededRandom,
  { over, seconds, executions }: { readonly over: number; readonly seconds: number; readonly executions: number },
): Promise<readonly string[]> {
  const pauseMs = (seconds * 1_000) / executions;
  const begin = over - seconds * 1_000;
  const starting: Promise<string>[] = [];
  for (let index = 0; index < executions; index += 1) {
    await sleep(Math.max(0, begin + index * pauseMs - Date.now()));
    const started = cluster.run(random.pick(packages), { priority: 1 + random.whole(10) });
    started.catch(() => undefined);
    starting.push(started);
  }
  return Promise.all(starting);
}

interface Fault {
  readonly name: string;
  readonly weight: number;
  readonly strike: (cluster: Cluster, random: SeededRandom) => Promise<void>;
}

const faults: readonly Fault[] = [
  { name: "a process killed", weight: 5, strike: async (cluster, random) => restart(random.pick(cluster.parts)) },
  {
    name: "a process killed at a crash point",
    weight: 5,
    strike: async (cluster, random) => {
      const [point, { part: kind }] = random.pick(Object.entries(crashCases));
      const part = random.pick(cluster.parts.filter((one) => one.kind === kind));
      await part.crashAt(point);
      // At a point of a worker only the worker dies.
      await Promise.race([part.ended(), sleep(3_000)]);
      // A point that nothing led to must not kill later, when nobody starts it again.
      await part.crashAt("none");
      if (part.pid() === undefined) await startPatiently(part);
    },
  },
  {
    name: "a process stopped and continued",
    weight: 3,
    strike: async (cluster, random) => {
      const part = random.pick(cluster.parts);
      await part.kill("SIGSTOP");
      await sleep(500 + random.whole(3_000));
      await part.kill("SIGCONT");
    },
  },
  {
    name: "an executor stopped past its leases",
    weight: 1,
    strike: async (cluster, random) => {
      const part = random.pick(cluster.executors);
      await part.kill("SIGSTOP");
      await sleep(20_000);
      await part.kill("SIGCONT");
    },
  },
  {
    name: "a platform hung for 4 s, then killed",
    weight: 3,
    strike: async (cluster, random) => {
      const part = random.pick(cluster.platforms);
      await hangAndKill(part);
      await startPatiently(part);
    },
  },
  {
    name: "a clock an hour off on one of two",
    weight: 2,
    strike: async (cluster, random) => {
      const part = random.pick([...cluster.platforms, ...cluster.executors]);
      await part.setClock(random.next() < 0.5 ? 3_600_000 : -3_600_000);
      await sleep(3_000 + random.whole(5_000));
      await part.setClock(0);
    },
  },
  {
    name: "a disk full on one of two executors",
    weight: 2,
    strike: async (cluster, random) => {
      const makeRoom = await fillDisk(cluster, cluster.part("executor-1"));
      await sleep(2_000 + random.whole(4_000));
      await makeRoom();
    },
  },
  {
    name: "a wire cut",
    weight: 4,
    strike: async (cluster, random) => {
      const { wires } = random.pick(cluster.parts);
      (random.next() < 0.5 ? wires.nats : (wires.postgres ?? wires.nats)).cut();
    },
  },
  {
    name: "a wire half-open",
    weight: 2,
    strike: async (cluster, random) => {
      const { wires } = random.pick(cluster.parts);
      const wire = random.next() < 0.5 ? wires.nats : (wires.postgres ?? wires.nats);
      wire.freeze();
      await sleep(500 + random.whole(3_000));
      wire.heal();
    },
  },
  {
    name: "NATS killed",
    weight: 2,
    strike: async ({ nats }) => {
      await nats.kill("SIGKILL");
      await nats.start();
    },
  },
  {
    name: "NATS wiped",
    weight: 1,
    strike: async ({ nats }) => {
      await nats.kill("SIGKILL");
      await nats.wipe();
      await nats.start();
    },
  },
  {
    name: "PostgreSQL restarted",
    weight: 1,
    strike: async ({ postgres }) => {
      await postgres.stop();
      await postgres.start();
    },
  },
  {
    name: "PostgreSQL killed",
    weight: 1,
    strike: async ({ postgres }) => {
      await postgres.kill();
      await postgres.start();
    },
  },
];

const deck = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault));

async function disturb(
  cluster: Cluster,
  random: SeededRandom,
  over: number,
  note: (name: string) => void,
): Promise<void> {
  while (Date.now() < over) {
    await sleep(300 + random.whole(1_700));
    const fault = random.pick(deck);
    note(fault.name);
    await fault.strike(cluster, random);
  }
}

async function restart(part: ClusterPart): Promise<void> {
  await part.kill("SIGKILL");
  await startPatiently(part);
}

/** Starts what is down. */
async function repair(cluster: Cluster): Promise<void> {
  if (!cluster.postgres.isRunning()) await cluster.postgres.start();
  if (cluster.nats.pid() === undefined) await cluster.nats.start();
  for (const part of cluster.parts) await startPatiently(part);
}
