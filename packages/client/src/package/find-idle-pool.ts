import { defaultPool, type Manifest } from "@sealrun/protocol";
import type { Operation } from "../calls/operation.ts";
import type { PackageProblem } from "./problem.ts";

/** A warning when the pool that would run the package has no executor, undefined when it has one. */
export async function findIdlePool(
  client: Pick<Operation, "pools">,
  manifest: Manifest | undefined,
): Promise<PackageProblem | undefined> {
  const name = manifest?.pool ?? defaultPool;
  const pools = await client.pools();
  if (pools.some((pool) => pool.name === name && pool.executors > 0)) return undefined;
  const others = pools.filter(({ executors }) => executors > 0).map((pool) => pool.name);
  const advice = others.length === 0 ? "" : `; pools with executors: ${others.slice(0, 5).join(", ")}`;
  const message = `pool ${name} has no executors, so a run waits until one is started${advice}`;
  const file = manifest?.pool === undefined ? null : "manifest.json";
  return { code: null, level: "warning", file, line: null, message };
}
