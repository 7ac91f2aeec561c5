import type { Failure, MachineTrouble } from "@sealrun/protocol";
import type { RunMeasures } from "./run-measures.ts";

/** A fault of this machine that kept a run from being prepared. */
export interface UnfitReason extends MachineTrouble {
  /** True when no run can be prepared: the executor takes no executions until its machine is in order again. */
  readonly stopsTaking: boolean;
}

/** How an attempt ended: its steps were run, or a fault of this machine kept the first one from starting. */
export type Outcome = (
  | { readonly kind: "run"; readonly failure: Failure | undefined }
  | { readonly kind: "unfit"; readonly reason: UnfitReason }
) & {
  /** What was measured; undefined when no worker ran it to its end. */
  readonly measures?: RunMeasures | undefined;
};
