import { type Chain, type Link, sealWaiting } from "./chain.ts";
import type { Database } from "./database.ts";

const sealMs = 1_000;
/** In one turn; after that other processes may seal. */
const maxBatches = 200;

/** Called for new links and failures. */
export interface SealListener {
  /** Called after each batch of links that this process made. */
  onHead(head: Link): Promise<void>;
  onError(error: unknown): void;
}

/** Seals waiting rows every second, and once more when closed. Several processes may run it; one at a time seals. */
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
  // A running turn may have begun before the newest rows were written.
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
