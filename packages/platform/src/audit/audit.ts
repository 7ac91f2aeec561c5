import { toHex } from "@sealrun/crypto";
import {
  type ChainFault,
  checkChain,
  type CheckNotes,
  type CheckReport,
  countWaiting,
  findHead,
  type Link,
  openNotes,
  sealRegularly,
  type WaitingRows,
} from "@sealrun/postgres";
import { type AuditContinuation, type AuditVerification } from "@sealrun/protocol";
import type { Requester, Deps } from "../deps.ts";
import { auditChain } from "./chain.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { inTurn } from "../in-turn.ts";
import { findFirstTime } from "./store.ts";
import { acceptBreak, type ContinueRequest } from "./continue.ts";

/** The running audit chain. */
export interface Audit {
  /**
   * Seals the waiting rows, then checks the chain from where the last check ended, or all of it. One check at a time.
   */
  verify(options?: { readonly isFull: boolean }): Promise<AuditVerification>;
  /**
   * Accepts that times go back after one link. `AUDIT_BROKEN` for any other fault, `BAD_REQUEST` when there is no such
   * break.
   */
  continueAfter(request: ContinueRequest, requester: Requester): Promise<AuditContinuation>;
  /** The state of the audit, without reading the chain. */
  look(): Promise<AuditFacts>;
  close(): Promise<void>;
}

/** The state of the audit, for the health check. */
export interface AuditFacts {
  /** The last link that this platform saw is still in the chain. */
  readonly isInChain: boolean;
  /** Undefined when the settings name no file. */
  readonly checkpointFile: string | undefined;
  /** Why the last write of the checkpoint failed. */
  readonly trouble: string | undefined;
  readonly waiting: WaitingRows;
  /** ISO 8601: the last successful full check; undefined when there was none. */
  readonly fullAt: string | undefined;
  readonly failure: CheckNotes["failure"];
  /** Why the existing file of the last check cannot be used. */
  readonly refusal: string | undefined;
  /** Time of the first row; undefined while there is none. */
  readonly since: Date | undefined;
}

/**
 * Gives every committed audit row its link within seconds; one of several platforms does it at a time. Writers of rows
 * never wait for it. A checkpoint that is no longer in the chain is kept, logged, and reported by `verify` and `look`.
 */
export async function startAudit(
  deps: Pick<Deps, "database" | "storageKey" | "log">,
  checkpointFile: string | undefined,
): Promise<Audit> {
  const { database, log } = deps;
  const chain = auditChain(deps.storageKey);
  const checkpoint = await openCheckpoint(checkpointFile);
  const notes = openNotes(checkpointFile && notesFileOf(checkpointFile), chain);
  let trouble: string | undefined;
  const noteHead = async (head: Link | undefined, previous?: Link): Promise<void> => {
    if (head === undefined) return;
    try {
      const isInChain = await checkpoint.advance(database, head, previous);
      trouble = undefined;
      if (isInChain) return;
      log.error(
        { position: checkpoint.known()?.position.toString() },
        "The audit's chain was changed or cut off: the last known link is no longer in it",
      );
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
      log.error({ err: error }, "The checkpoint of the audit could not be written; retrying");
    }
  };
  // Writes a missing checkpoint before the next row, and reports a foreign one at once.
  await noteHead(await findHead(database));
  const sealer = sealRegularly(database, chain, {
    onHead: noteHead,
    onError: (error) => log.error({ err: error }, "The audit could not be sealed; retrying"),
  });
  // Two checks at once would read everything twice, and the older notes could win.
  const check = inTurn(async (isFull: boolean): Promise<CheckReport> => {
    await sealer.sealNow();
    const found = await checkChain(database, chain, { known: checkpoint.known(), notes, isFull });
    if (found.fault === undefined) await noteHead(found.end);
    return found;
  });
  return {
    verify: async ({ isFull } = { isFull: false }) => describe(await check(isFull), checkpoint.known()),
    continueAfter: async (request, requester) => {
      const accepted = await acceptBreak({ database, chain }, await check(false), { ...request, requester });
      await sealer.sealNow();
      return accepted;
    },
    look: async () => {
      const { notes: kept, refusal } = await notes.read();
      if (trouble !== undefined) await noteHead(await findHead(database));
      return {
        isInChain: await checkpoint.isInChain(database),
        checkpointFile,
        trouble,
        waiting: await countWaiting(database, chain),
        fullAt: kept.verified?.fullAt,
        failure: kept.failure,
        refusal: refusal?.isMissing === false ? refusal.sentence : undefined,
        since: await findFirstTime(database),
      };
    },
    close: async () => sealer.close(),
  };
}

/** The last check is noted beside the checkpoint, in its own file: if one is lost, the other remains. */
function notesFileOf(checkpointFile: string): string {
  return `${checkpointFile}.verified`;
}

function describe(report: CheckReport, known: Link | undefined): AuditVerification {
  const { checked, waiting, end, from, fullAt, accepted, remarks, fault } = report;
  return {
    checked,
    waiting,
    head: show(end),
    checkpoint: show(known),
    from: from === undefined ? null : { position: from.position.toString(), verifiedAt: from.at },
    fullAt: fullAt ?? null,
    accepted: accepted.map(({ position, ...row }) => ({ ...row, link: position.toString() })),
    remarks: [...remarks],
    fault: fault === undefined ? null : showFault(fault),
  };
}

function showFault({ kind, seq, sentence, link }: ChainFault): AuditVerification["fault"] {
  return { kind, seq, sentence, after: link === undefined ? null : (link.position - 1n).toString() };
}

function show(link: Link | undefined): AuditVerification["head"] {
  return link === undefined ? null : { position: link.position.toString(), hash: toHex(link.hash) };
}
