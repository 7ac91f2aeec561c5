import type { HeldPackage, Say } from "../../between/preparation.ts";

/** Keeps what an attempt prepared until it is released, also when that comes first. */
export function holdPackage(prepare: (say: Say) => Promise<HeldPackage>): {
  readonly prepare: (say: Say) => Promise<HeldPackage>;
  readonly release: () => Promise<void>;
} {
  let held: HeldPackage | undefined;
  let isReleased = false;
  return {
    prepare: async (say) => {
      held = await prepare(say);
      if (isReleased) await held.release();
      return held;
    },
    release: async () => {
      isReleased = true;
      await held?.release();
    },
  };
}
