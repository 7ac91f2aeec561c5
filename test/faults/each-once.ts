import { expect } from "vitest";
import type { Cluster } from "../support/cluster.ts";

/** Starts that number of executions of the package `quick` at once; gives their ids. */
export async function runQuick(cluster: Cluster, count: number): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: count }, async () => cluster.run("quick")));
}

/** Each of them succeeds, and its script started once. */
export async function expectEachOnce(cluster: Cluster, ids: readonly string[]): Promise<void> {
  const ends = await cluster.ends(ids);
  expect(ends.map(({ status, error }) => [status, error])).toEqual(ids.map(() => ["succeeded", null]));
  expect(ids.map((id) => cluster.witness.count(id))).toEqual(ids.map(() => 1));
}
