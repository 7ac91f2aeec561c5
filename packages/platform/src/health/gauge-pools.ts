import { otherValue } from "@sealrun/telemetry";
import type { PoolFacts } from "./gauges-store.ts";

/** Pools that have series of their own; the rest share one. */
const maxPools = 50;

/** Each pool under its name, the first 50 by name; all others together as `other`, pools that do not exist included. */
export function limitPools(pools: readonly PoolFacts[]): readonly (PoolFacts & { readonly pool: string })[] {
  const named = pools.flatMap(({ pool, ...facts }) => (pool === null ? [] : [{ ...facts, pool }]));
  const [own, more] = [named.slice(0, maxPools), named.slice(maxPools)];
  const rest = [...more, ...pools.filter(({ pool }) => pool === null)];
  if (rest.length === 0) return own;
  const sum = (of: (facts: PoolFacts) => number): number => rest.reduce((total, facts) => total + of(facts), 0);
  const ages = rest.flatMap(({ oldest_s }) => oldest_s ?? []);
  const together = {
    pool: otherValue,
    queued: sum(({ queued }) => queued),
    published: sum(({ published }) => published),
    running: sum(({ running }) => running),
    oldest_s: ages.length === 0 ? null : Math.max(...ages),
    slots: sum(({ slots }) => slots),
    executors: sum(({ executors }) => executors),
  };
  return [...own, together];
}
