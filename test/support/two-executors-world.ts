import { type ExecutionsWorld, startExecutionsWorld } from "./executions-world.ts";
import { enrolPeer, type ExecutorPeer } from "./executor-peer.ts";

/** An executions world with another executor in the pool of its first one. */
export interface TwoExecutorsWorld extends ExecutionsWorld {
  readonly other: ExecutorPeer;
}

/** Starts all of it; closing the world closes both executors. */
export async function startTwoExecutorsWorld(): Promise<TwoExecutorsWorld> {
  const world = await startExecutionsWorld();
  const other = await enrolPeer(world.platform);
  return {
    ...world,
    other,
    close: async () => {
      await other.close();
      await world.close();
    },
  };
}
