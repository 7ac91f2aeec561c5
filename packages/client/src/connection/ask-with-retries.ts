import { SealrunError } from "@sealrun/protocol";
import type { Ask, Call } from "./request.ts";

/** Delays before a start is sent again: a restarted platform is back within a few seconds. */
const retryDelaysMs = [250, 1_000, 3_000];

/** After these errors it is unknown whether the execution was started. */
const unknownOutcome: ReadonlySet<string> = new Set(["PLATFORM_UNREACHABLE", "POSTGRES_UNREACHABLE"]);

/** Sends the call again, with the same body and key, until an answer arrives; throws the last failure. */
export async function askWithRetries<T>(ask: Ask, schema: Parameters<typeof ask<T>>[0], call: Call): Promise<T> {
  for (const waitMs of retryDelaysMs) {
    try {
      return await ask(schema, call);
    } catch (error) {
      if (!(error instanceof SealrunError) || !unknownOutcome.has(error.code)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return ask(schema, call);
}
