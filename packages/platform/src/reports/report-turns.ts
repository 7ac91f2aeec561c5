/** An attempt with more items than this waits in the lane of floods. */
const floodItems = 1_000;

/**
 * What waits together: most attempts in one transaction, floods one attempt at a time beside them, and beside both, one
 * by one, attempts that could not be stored with others. So none of them ever waits for a flood, or for a lock on
 * another's execution.
 */
export type Lane = "together" | "flood" | "alone";
/** All lanes. */
export const lanes: readonly Lane[] = ["together", "flood", "alone"];

/** What waits to be stored, by attempt. An attempt's chunks are given out in the order of their arrival. */
export interface ReportTurns<T> {
  readonly add: (key: string, chunk: T) => void;
  /**
   * The next chunks of a lane, by attempt: `fit` says how many of those offered are taken. Attempts take turns, and one
   * whose chunks are given out waits until `done`. Empty when nothing waits in this lane.
   */
  readonly take: (lane: Lane, fit: (offered: readonly T[]) => readonly T[]) => readonly TakenReports<T>[];
  /** Ends a turn. The chunks that are left of it come first again, in the lane `alone`. */
  readonly done: (taken: readonly TakenReports<T>[], left?: readonly TakenReports<T>[]) => void;
  /** Gives out all that waits, for no lane. */
  readonly drain: () => readonly T[];
}

/** Chunks of one attempt. */
export interface TakenReports<T> {
  readonly key: string;
  readonly chunks: readonly T[];
}

/** Turns of attempts whose chunks have items. */
export function createReportTurns<T extends { readonly report: { readonly items: readonly unknown[] } }>(
  maxLight: number = floodItems,
): ReportTurns<T> {
  /** The attempt whose turn is next comes first. */
  const waiting = new Map<string, T[]>();
  const busy = new Set<string>();
  const alone = new Set<string>();
  const laneOf = (key: string, chunks: readonly T[]): Lane => {
    if (alone.has(key)) return "alone";
    return chunks.reduce((sum, { report }) => sum + report.items.length, 0) > maxLight ? "flood" : "together";
  };
  return {
    add: (key, chunk) => {
      const chunks = waiting.get(key);
      if (chunks === undefined) waiting.set(key, [chunk]);
      else chunks.push(chunk);
    },
    take: (lane, fit) => {
      const free = [...waiting].filter(([key, chunks]) => !busy.has(key) && laneOf(key, chunks) === lane);
      const offered = lane === "together" ? free : free.slice(0, 1);
      let left = fit(offered.flatMap(([, chunks]) => chunks)).length;
      const taken: TakenReports<T>[] = [];
      for (const [key, chunks] of offered) {
        if (left === 0) break;
        const part = chunks.slice(0, left);
        left -= part.length;
        const rest = chunks.slice(part.length);
        waiting.delete(key);
        if (rest.length > 0) waiting.set(key, rest);
        busy.add(key);
        taken.push({ key, chunks: part });
      }
      return taken;
    },
    done: (taken, left = []) => {
      for (const { key } of taken) {
        busy.delete(key);
        alone.delete(key);
      }
      for (const { key, chunks } of left) {
        waiting.set(key, [...chunks, ...(waiting.get(key) ?? [])]);
        alone.add(key);
      }
    },
    drain: () => {
      const all = [...waiting.values()].flat();
      waiting.clear();
      return all;
    },
  };
}
