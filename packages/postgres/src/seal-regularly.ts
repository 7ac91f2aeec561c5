import { type Chain, type Link, sealWaiting } from "./chain.ts";
import type { Database } from "./database.ts";

const sealMs = 1_000;
/** Before others have their turn. */
const maxBatches = 200;

/** Hears of new links and of failures. */
export interface SealListener {
  /** After each batch of links that this process made. */
  onHead(head: Link): Promise<void>;
  onError(error: unknown): void;
}

/** Seals what waits every second, and once more at its close. Several processes may: one at a time does. */
export function sealRegularly(
  database: Database,
  chain: Chain,
  listener: SealListener,
): { readonly sealNow: () => Promise<void>; readonly close: () => Promise<void> } {
  const seal = async (): Promise<void> => {
    try {
      for (let batches = 0; batches < maxBatches; batches += 1) {
        const head = await sealWaiting(database, chain);
        if (head === undefined) return;
        await listener.onHead(head);
      }
    } catch (error) {
      listener.onError(error);
    }
  };
  let working: Promise<void> | undefined;
  const start = async (): Promise<void> => (working ??= seal().finally(() => (working = undefined)));
  // One that is under way may have begun before the newest rows were written.
  const sealNow = async (): Promise<void> => {
    await working;
    await start();
  };
  const timer = setInterval(() => void start(), sealMs);
  return {
    sealNow,
    close: async () => {
      clearInterval(timer);
      await sealNow();
    },
  };
}
