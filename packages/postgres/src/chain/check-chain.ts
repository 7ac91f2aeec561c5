import { limits } from "@sealrun/protocol";
import type { Chain, Link } from "./chain.ts";
import type { CheckNotes, NotesFile, ReadNotes, VerifiedEnd } from "./check-notes.ts";
import type { Database } from "../database.ts";
import { type CheckedChain, verifyChain } from "./verify-chain.ts";

/** What a check found, and how much it read. */
export interface CheckReport extends CheckedChain {
  /** Where it continued from; undefined when it read everything. */
  readonly from: VerifiedEnd | undefined;
  /** ISO 8601: the last successful check of everything, this one included. */
  readonly fullAt: string | undefined;
  /** Sentences on why more was read than asked for, or why the result could not be noted. */
  readonly remarks: readonly string[];
}

/** Options of a check. */
export interface CheckOptions {
  /** The last known link. */
  readonly known?: Link | undefined;
  readonly notes: NotesFile;
  /** Read everything, even what was checked before. */
  readonly isFull: boolean;
}

/**
 * Checks a chain from where the last successful check ended, and notes where this one ended. It reads everything when
 * `isFull` is set, when there are no notes, and when the last check found a fault.
 */
export async function checkChain(
  database: Pick<Database, "transaction">,
  chain: Chain,
  { known, notes: file, isFull }: CheckOptions,
): Promise<CheckReport> {
  const found = await file.read();
  const { notes, refusal } = found;
  const { verified, failure } = notes;
  const from = isFull || failure !== undefined ? undefined : verified;
  const checked = await database.transaction(
    async (sql) => verifyChain(sql, chain, { known: [known, verified], from }),
    { answerMs: limits.auditAnswerMs },
  );
  const next = nextNotes(found, checked, from);
  const remarks = [
    ...(isFull || refusal === undefined ? [] : [`${refusal.sentence}, so everything was read`]),
    ...(isFull || failure === undefined ? [] : [`The check of ${failure.at} found a fault, so everything was read`]),
    ...(next === undefined ? [] : await write(file, next)),
  ];
  const fullAt = (checked.fault === undefined ? next?.verified : verified)?.fullAt;
  return { ...checked, from, fullAt, remarks };
}

function nextNotes(
  { notes, refusal }: ReadNotes,
  checked: CheckedChain,
  from: VerifiedEnd | undefined,
): CheckNotes | undefined {
  const { fault, end } = checked;
  const at = new Date().toISOString();
  if (fault === undefined) {
    return end && { verified: { ...end, at, fullAt: from?.fullAt ?? at }, failure: undefined };
  }
  // Waiting rows are not a break. A file with foreign content is not overwritten while there is a fault.
  if (fault.kind === "unsealed" || refusal?.isMissing === false) return undefined;
  return { ...notes, failure: { at, sentence: fault.sentence } };
}

async function write(file: NotesFile, notes: CheckNotes): Promise<readonly string[]> {
  try {
    await file.write(notes);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`The result of this check could not be noted, so the next check starts where this one did: ${reason}`];
  }
}
