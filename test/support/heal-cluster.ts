import { afterEach, beforeEach } from "vitest";
import type { Cluster, ClusterPart } from "./cluster.ts";

/**
 * For a file whose tests share a cluster: after a test that failed, the parts that ran before it run again, and its
 * servers and wires are as they were, so that it fails alone. A test that timed out goes on in the background: what it
 * would do to servers then, it must leave when its signal aborts.
 */
export function healAfterFailures(clusterOf: () => Cluster): void {
  let before: readonly ClusterPart[] = [];
  beforeEach(() => {
    before = clusterOf().parts.filter((part) => part.pid() !== undefined);
  });
  afterEach(async ({ task }) => {
    const cluster = clusterOf();
    cluster.witness.release();
    if (task.result?.state === "fail") await heal(cluster, before);
  });
}

async function heal(cluster: Cluster, before: readonly ClusterPart[]): Promise<void> {
  if (!cluster.postgres.isRunning()) await cluster.postgres.start();
  await cluster.postgres.setClock(0);
  // It may be there, and without room.
  await cluster.nats.kill("SIGCONT");
  await cluster.nats.kill("SIGTERM");
  await cluster.nats.start();
  for (const part of cluster.parts) {
    part.wires.nats.heal();
    part.wires.postgres?.heal();
    await part.kill("SIGCONT");
    await part.disarm();
    await part.setClock(0);
    if (!before.includes(part)) await part.kill("SIGKILL");
    // One whose disk was its own cannot come back; the tests after it say so.
    else if (part.pid() === undefined) await part.start().catch(() => undefined);
  }
}
