import { limits } from "@sealrun/protocol";
import { type Chain, type Link, isAnyWaiting, sealBatch } from "./chain.ts";
import type { Database } from "../database.ts";
import { auditBell } from "../rings.ts";
import type { Sql } from "../sql.ts";

/** From the first row that waits: rows written meanwhile are sealed with it. */
const gatherMs = 1_000;
/** In one turn; after that other processes may seal. */
const maxBatches = 200;

/** Called for new links and failures. */
export interface SealListener {
  /** Called after each batch of links that this process made; `previous` was the last link before it. */
  onHead(head: Link, previous: Link | undefined): Promise<void>;
  onError(error: unknown): void;
}

/**
 * Seals waiting rows within a second after this process has written some, and once more when closed. Rows of processes
 * that ended before they sealed them are found every `limits.safetyPollMs`. Several processes may run it; one at a time
 * seals.
 */
export function sealRegularly(
  database: Sql & Pick<Database, "onRing">,
  chain: Chain,
  listener: SealListener,
): { readonly sealNow: () => Promise<void>; readonly close: () => Promise<void> } {
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** True when rows may still wait. */
  const seal = async (): Promise<boolean> => {
    try {
      for (let batches = 0; batches < maxBatches; batches += 1) {
        const { head, previous, isMoreWaiting } = await sealBatch(database, chain);
        if (head !== undefined) await listener.onHead(head, previous);
        if (head === undefined || !isMoreWaiting) return isMoreWaiting;
      }
    } catch (error) {
      listener.onError(error);
    }
    return true;
  };
  const start = async (): Promise<void> =>
    (working ??= seal().then((isMoreWaiting) => {
      working = undefined;
      if (isMoreWaiting) wake();
    }));
  const wake = (): void => {
    if (isClosed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void sealNow();
    }, gatherMs);
  };
  const look = async (): Promise<void> => {
    if (timer !== undefined) return;
    try {
      if (await isAnyWaiting(database)) wake();
    } catch (error) {
      listener.onError(error);
    }
  };
  // A running turn may have begun before the newest rows were written.
  const sealNow = async (): Promise<void> => {
    await working;
    await start();
  };
  const stopHearing = database.onRing(auditBell, wake);
  const safety = setInterval(() => void look(), limits.safetyPollMs);
  void look();
  return {
    sealNow,
    close: async () => {
      isClosed = true;
      stopHearing();
      clearInterval(safety);
      clearTimeout(timer);
      await sealNow();
    },
  };
}
