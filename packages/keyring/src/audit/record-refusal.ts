import type { Database } from "@sealrun/postgres";
import { decode, executionId, executorId, type KeyringVerb, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { KeyringLog } from "./log.ts";
import { recordAudit } from "./store.ts";

const asked = z.object({ executionId, attempt: z.int32().positive(), executorId });

/**
 * Records a refused grant or lookup, with its executor, execution and code. Refusals that a retry may solve get no row.
 */
export async function recordRefusal(
  { database, log }: { readonly database: Database; readonly log: KeyringLog },
  verb: KeyringVerb,
  { body, error }: { readonly body: Uint8Array; readonly error: SealrunError },
): Promise<void> {
  if ((verb !== "grant" && verb !== "lookup") || error.row.retry || error.code === "INTERNAL") return;
  try {
    await recordAudit(database, { action: "refuse", ...readAsked(body), detail: { verb, code: error.code } });
  } catch (failure) {
    // Nothing was disclosed, and the platform still gets the refusal.
    log.error(
      { err: failure, kind: "audit" },
      "A refusal could not be written to the audit; the platform still got it",
    );
  }
}

/** The executor and execution in a request; none when the request was refused because of its form. */
function readAsked(body: Uint8Array): Partial<z.infer<typeof asked>> {
  try {
    return decode(asked, body);
  } catch (error) {
    if (error instanceof SealrunError) return {};
    throw error;
  }
}
