import { unlessAborted } from "../../waits.ts";

/** How many executions this executor may still take. */
export interface Slots {
  readonly free: () => number;
  /** Uses one; the returned function frees it, once. */
  readonly take: () => () => void;
  /** Waits until at least one is free, or the signal aborts. */
  readonly waitForFree: (signal: AbortSignal) => Promise<void>;
  /** Waits until none is in use. */
  readonly allFree: () => Promise<void>;
}

/** So many slots, all free. */
export function createSlots(count: number): Slots {
  let used = 0;
  let changed = Promise.withResolvers<void>();
  const wait = async (isReached: () => boolean, signal: AbortSignal): Promise<void> => {
    while (!isReached() && !signal.aborted) await unlessAborted(changed.promise, signal);
  };
  return {
    free: () => count - used,
    take: () => {
      let isFreed = false;
      used += 1;
      return () => {
        if (isFreed) return;
        isFreed = true;
        used -= 1;
        changed.resolve();
        changed = Promise.withResolvers();
      };
    },
    waitForFree: async (signal) => wait(() => used < count, signal),
    allFree: async () => wait(() => used === 0, never),
  };
}

const never = new AbortController().signal;
