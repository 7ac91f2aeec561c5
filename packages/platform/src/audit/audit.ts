import { toHex } from "@sealrun/crypto";
import { type Link, sealRegularly, verifyChain } from "@sealrun/postgres";
import { type AuditVerification, limits } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { auditChain } from "./chain.ts";
import { openCheckpoint } from "./checkpoint.ts";

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
  const sealer = sealRegularly(database, chain, {
    onHead: async (head) => {
      if (await checkpoint.advance(database, head)) return;
      log.error({ position: checkpoint.known()?.position.toString() }, "The audit's chain was changed or cut");
    },
    onError: (error) => log.error({ err: error }, "The audit could not be sealed; trying again"),
  });
  return {
    verify: async () => {
      await sealer.sealNow();
      const known = checkpoint.known();
      const { head, fault, ...counts } = await database.transaction(async (sql) => verifyChain(sql, chain, [known]), {
        answerMs: limits.auditAnswerMs,
      });
      return { ...counts, head: show(head), checkpoint: show(known), fault: fault ?? null };
    },
    close: async () => sealer.close(),
  };
}

function show(link: Link | undefined): AuditVerification["head"] {
  return link === undefined ? null : { position: link.position.toString(), hash: toHex(link.hash) };
}
