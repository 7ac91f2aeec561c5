import { type ReferenceSource, SealrunError } from "@sealrun/protocol";

type RunJq = ReferenceSource["runJq"];

/**
 * Limits `run` to `max` programs: each costs a thread, and more are a mistake, or meant to keep an executor busy.
 * Throws `REFERENCE_INVALID` for the next one, and `CANCELLED` once the signal is aborted.
 */
export function limitPrograms(run: RunJq, max: number, signal: AbortSignal): RunJq {
  let programs = 0;
  return async (program, input) => {
    if (signal.aborted) throw new SealrunError("CANCELLED", "The step was ended with its attempt");
    programs += 1;
    if (programs <= max) return run(program, input);
    throw new SealrunError("REFERENCE_INVALID", `expected at most ${max} jq programs in one step`);
  };
}
