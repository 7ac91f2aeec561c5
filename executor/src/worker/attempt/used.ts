import type { StepUse } from "../../child/limits/watch-step.ts";

/** What the tries of one step used together. */
export interface Used {
  readonly add: (use: StepUse | undefined) => void;
  /** As the fields of a report. One that could not be measured is absent. */
  readonly sum: () => { readonly peakMemoryBytes?: number; readonly cpuMs?: number };
}

/** Tries come one after the other: of their memory the highest counts, of their time the sum. */
export function createUsed(): Used {
  let peakMemoryBytes = 0;
  let cpuMs: number | undefined;
  return {
    add: (use) => {
      if (use === undefined) return;
      peakMemoryBytes = Math.max(peakMemoryBytes, use.peakMemoryBytes);
      cpuMs = (cpuMs ?? 0) + use.cpuMs;
    },
    sum: () => ({
      ...(peakMemoryBytes === 0 ? {} : { peakMemoryBytes }),
      ...(cpuMs === undefined ? {} : { cpuMs }),
    }),
  };
}
