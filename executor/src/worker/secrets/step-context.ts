import type { EventStep, JsonValue } from "@sealrun/protocol";
import type { Attempt } from "../../between/attempt.ts";
import type { Masker } from "../../mask/masker.ts";
import type { Read } from "./receipt.ts";
import type { Secrets } from "./secrets.ts";
import type { State } from "./state.ts";

/** A line that sealrun itself, or the SDK, adds to a step's log. */
interface StepLine {
  readonly stream: "sdk" | "system";
  readonly level: string;
  readonly text: string;
}

/** One step of an attempt: what it may read and change, and where that is masked, reported and logged. */
export interface StepContext {
  readonly attempt: Attempt;
  readonly step: { readonly index: number; readonly plan: EventStep };
  readonly secrets: Secrets;
  readonly state: State;
  readonly masker: Masker;
  /** Results of the steps so far, unmasked; this step's is added. */
  readonly results: Map<string, JsonValue>;
  /** Puts one read of a secret on the receipt. */
  readonly recordRead: (read: Read) => Promise<void>;
  /** Adds a line to the step's log, masked. */
  readonly log: (line: StepLine) => Promise<void>;
  /** Aborts when the attempt must end. */
  readonly signal: AbortSignal;
}
