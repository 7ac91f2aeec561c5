import { askForObject } from "./ask.ts";
import { currentRun } from "./run.ts";

/**
 * The text that Ferris passed as a script's first argument: parameters, and under `secrets` every service secret the
 * step may read. Reading it counts as a read of each of them.
 */
export function readPayload(): string {
  return JSON.stringify({ ...currentRun().params, secrets: askForObject({ op: "all" }) });
}
