import { setTimeout as sleep } from "node:timers/promises";
import { type CrashPoint, crashPoints } from "@sealrun/faults";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cluster, clusterLimits, type ClusterPart, startCluster } from "../support/cluster.ts";
import { healAfterFailures } from "../support/heal-cluster.ts";
import type { PartKind } from "../support/part-process.ts";
import { programs } from "../support/servers.ts";
import { type CrashCase, crashCases, endLeases, pushCrashPackages } from "./crash-cases.ts";
import { brokenInvariants } from "./invariants.ts";

const rounds = Number(process.env["SEALRUN_CRASH_ROUNDS"] ?? 1);
/**
 * The longest wait. An event may be lost with a connection of the executor, whose logins are short here; the reconciler
 * publishes it again after 45 seconds, and that one may be lost too.
 */
const reachMs = 120_000;
/** A point may be passed twice. */
const timeout = 300_000;

let cluster: Cluster;
const accepted: string[] = [];

const points = Object.keys(crashCases).filter((name): name is CrashPoint => Object.hasOwn(crashPoints, name));

/**
 * The tests of a file: every point of one kind of part, on its own cluster. Three files together have all points, and
 * run at the same time.
 */
export function passCrashPoints(kind: PartKind): void {
  beforeAll(async () => {
    // No test waits for a lease to expire here (`endLeases`), so that a lease can outlast a restart on any machine.
    const limits = { ...clusterLimits, leaseMs: 60_000 };
    cluster = await startCluster({ programs: programs(), slots: 24, natsMode: "operator", limits });
    await pushCrashPackages(cluster);
  });
  afterAll(async () => cluster.close());
  // A point that was not passed must not spoil the next ones.
  healAfterFailures(() => cluster);

  describe.each(Array.from({ length: rounds }, (_, round) => round + 1))("crashPoint() in round %i", () => {
    test.each(pointsOf(kind))("loses nothing and does nothing twice at %s", { timeout }, async (point) => {
      const given = crashCases[point];
      await passThrough(point, given);
      if (given.mayRerun === true) await passThrough(point, { ...given, ...rerun });
    });
  });

  test("crashPoints have a case each, and a file", () => {
    expect(points.toSorted()).toEqual(Object.keys(crashPoints).toSorted());
    expect(partKinds.flatMap(pointsOf)).toHaveLength(points.length);
  });

  test("crashPoint() leaves all invariants whole", { timeout }, async () => {
    expect(await brokenInvariants(cluster, { accepted })).toEqual([]);
  });
}

const partKinds = ["platform", "keyring", "executor"] as const;

function pointsOf(kind: PartKind): readonly CrashPoint[] {
  return points.filter((point) => crashCases[point].part === kind);
}

const rerun = {
  act: async (given: Cluster) => [await given.run("busy-rerun")],
  end: "succeeded",
  starts: [1, 2],
} as const;

/** Leads a process to the point, sees it die there, and starts it again. */
async function passThrough(point: CrashPoint, given: CrashCase): Promise<void> {
  const { part: kind, act, isUnderWay = false, endsWithLease = false } = given;
  const parts = cluster.parts.filter((part) => part.kind === kind && part.pid() !== undefined);
  const arm = async (): Promise<void> => void (await Promise.all(parts.map(async (part) => part.crashAt(point))));
  if (!isUnderWay) await arm();
  const isOfWorker = point.startsWith("worker.");
  const deaths = parts.map(async (part) => (isOfWorker ? part.passed() : part.ended()));
  const death = Promise.race(deaths);
  const acting = act(cluster, death);
  acting.catch(() => undefined);
  if (isUnderWay) {
    await acting;
    await arm();
  }
  const end = await Promise.race([death, sleep(reachMs, "was never reached", { ref: false })]);
  expect(end, point).toBe("SIGKILL");
  // The others go on, unless one of them has passed the same point by now.
  await Promise.all(parts.map(async (part) => part.disarm()));
  if (endsWithLease) await endLeases(cluster, await acting);
  await startDead(parts);
  cluster.witness.release();
  const ids = await acting;
  await startDead(parts);
  accepted.push(...ids);
  // Also for a late redelivery of NATS: a running execution must not meet the next case's kill.
  await checkEnds(point, given, ids);
}

async function startDead(parts: readonly ClusterPart[]): Promise<void> {
  await Promise.all(parts.filter((part) => part.pid() === undefined).map(async (part) => part.start()));
}

async function checkEnds(
  point: CrashPoint,
  { end, starts = [0, 1] }: CrashCase,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const info = await cluster.end(id);
    expect([point, info.status], JSON.stringify(info)).toEqual([point, end]);
    const [least, most] = starts;
    const began = cluster.witness.count(id);
    expect(began, `${point}: starts of ${id}`).toBeGreaterThanOrEqual(least);
    expect(began, `${point}: starts of ${id}`).toBeLessThanOrEqual(most);
  }
}
