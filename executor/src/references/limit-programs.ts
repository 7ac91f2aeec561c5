import { type ReferenceSource, SealrunError } from "@sealrun/protocol";

type RunJq = ReferenceSource["runJq"];

/**
 * The same `run` for so many programs, and for none once the signal is aborted: each costs a thread, and more are a
 * mistake or meant to keep an executor busy. `REFERENCE_INVALID` after them, `CANCELLED` after the end.
 */
export function limitPrograms(run: RunJq, most: number, signal: AbortSignal): RunJq {
  let programs = 0;
  return async (program, input) => {
    if (signal.aborted) throw new SealrunError("CANCELLED", "The step was ended with its attempt");
    programs += 1;
    if (programs <= most) return run(program, input);
    throw new SealrunError("REFERENCE_INVALID", `expected at most ${most} jq programs in one step`);
  };
}
