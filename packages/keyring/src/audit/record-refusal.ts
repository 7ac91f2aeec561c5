import type { Database } from "@sealrun/postgres";
import { decode, executionId, executorId, type KeyringVerb, SealrunError } from "@sealrun/protocol";
import { z } from "zod";
import type { KeyringLog } from "./log.ts";
import { recordAudit } from "./store.ts";

const attempt = z.object({ executionId, attempt: z.int32().positive() });
const ofOne = attempt.extend({ executorId });
const ofSeveral = z.object({ executorId, items: z.array(attempt) });

/** Who asked for what, as far as it is known. */
export type Asked = Partial<z.infer<typeof ofOne>>;

/**
 * Records a refused grant or lookup, with its executor, execution and code; a row for each attempt. Refusals that a
 * retry may solve get no row.
 */
export async function recordRefusal(
  { database, log }: { readonly database: Database; readonly log: KeyringLog },
  {
    verb,
    asked,
    error,
  }: { readonly verb: KeyringVerb; readonly asked: readonly Asked[]; readonly error: SealrunError },
): Promise<void> {
  if ((verb !== "grant" && verb !== "lookup") || error.row.retry || error.code === "INTERNAL") return;
  try {
    for (const one of asked) {
      await recordAudit(database, { action: "refuse", ...one, detail: { verb, code: error.code } });
    }
  } catch (failure) {
    // Nothing was disclosed, and the platform still gets the refusal.
    log.error(
      { err: failure, kind: "audit" },
      "A refusal could not be written to the audit; the platform still got it",
    );
  }
}

/** The executor and the attempts in a request; one without a name when the request was refused because of its form. */
export function readAsked(body: Uint8Array): readonly Asked[] {
  try {
    const read = decode(z.union([ofSeveral, ofOne]), body);
    if (!("items" in read)) return [read];
    return read.items.map((item) => ({ ...item, executorId: read.executorId }));
  } catch (error) {
    if (error instanceof SealrunError) return [{}];
    throw error;
  }
}
