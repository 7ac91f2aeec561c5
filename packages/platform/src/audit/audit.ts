import { toHex } from "@sealrun/crypto";
import { type Link, sealWaiting, verifyChain } from "@sealrun/postgres";
import type { AuditVerification } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { auditChain } from "./chain.ts";
import { openCheckpoint } from "./checkpoint.ts";

const sealMs = 1_000;
const mostBatches = 50;

/** The audit's chain at work. */
export interface Audit {
  /** Seals what waits, then checks the whole chain. */
  verify(): Promise<AuditVerification>;
  close(): Promise<void>;
}

/**
 * Gives every committed audit row its link, within seconds; of several platforms one does. Writers of rows never wait
 * for it. A checkpoint that is no longer in the chain is kept, logged, and told by `verify`.
 */
export async function startAudit(
  deps: Pick<Deps, "database" | "storageKey" | "log">,
  checkpointFile: string | undefined,
): Promise<Audit> {
  const { database, log } = deps;
  const chain = auditChain(deps.storageKey);
  const checkpoint = await openCheckpoint(checkpointFile);
  const seal = async (): Promise<void> => {
    try {
      for (let batches = 0; batches < mostBatches; batches += 1) {
        const head = await sealWaiting(database, chain);
        if (head === undefined) return;
        if (await checkpoint.advance(database, head)) continue;
        log.error({ position: checkpoint.known()?.position.toString() }, "The audit's chain was changed or cut");
      }
    } catch (error) {
      log.error({ err: error }, "The audit could not be sealed; trying again");
    }
  };
  let working: Promise<void> | undefined;
  const sealOnce = async (): Promise<void> => (working ??= seal().finally(() => (working = undefined)));
  const timer = setInterval(() => void sealOnce(), sealMs);
  return {
    verify: async () => {
      await sealOnce();
      const known = checkpoint.known();
      const { head, fault, ...counts } = await verifyChain(database, chain, [known]);
      return { ...counts, head: show(head), checkpoint: show(known), fault: fault ?? null };
    },
    close: async () => {
      clearInterval(timer);
      await sealOnce();
    },
  };
}

function show(link: Link | undefined): AuditVerification["head"] {
  return link === undefined ? null : { position: link.position.toString(), hash: toHex(link.hash) };
}
