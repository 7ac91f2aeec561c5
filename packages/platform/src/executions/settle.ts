import {
  type ExecutionId,
  isFinal,
  type OpenExecutions,
  SealrunError,
  type SettledExecutions,
  type SettleExecutions,
  toSealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import type { Requester, Deps } from "../deps.ts";
import { findHold } from "../hold/store.ts";
import { endAttempt } from "./attempt-store.ts";
import { removeFromOutbox } from "../outbox/store.ts";
import { countOpen, isPast, listOpen } from "./settle-store.ts";
import { lockExecution } from "./store.ts";
import { endUnfinished } from "./transitions.ts";

/** Executions of one request, so that it is answered within seconds. */
const atOnce = 500;

const restored = {
  code: "RESTORED",
  message: "It was open when the backup was made; it is not known whether it ran after that",
} as const;

/** What `settleOpen` would end, by package and status. `BAD_REQUEST` for a time in the future. */
export async function listSettled({ database }: Pick<Deps, "database">, before: string): Promise<OpenExecutions> {
  await checkTime(database, before);
  return { open: await countOpen(database, before) };
}

/**
 * Ends as `lost` the open executions that were accepted before a time, so that nothing runs twice after a restore; up
 * to 500 executions, each in its own transaction. `PLATFORM_NOT_HELD` while executions may start; `BAD_REQUEST` for a
 * time in the future.
 */
export async function settleOpen(
  deps: Pick<Deps, "database" | "log" | "metrics">,
  requester: Requester,
  { before, after = "0" }: SettleExecutions,
): Promise<SettledExecutions> {
  const { database, log } = deps;
  if ((await findHold(database)) === undefined) throw notHeld();
  await checkTime(database, before);
  const found = await listOpen(database, before, { after, limit: atOnce });
  const failed: ExecutionId[] = [];
  let settled = 0;
  for (const { id } of found) {
    try {
      if (!(await settleOne(deps, requester, { id, before }))) continue;
      settled += 1;
      deps.metrics?.ended({ status: "lost", code: restored.code });
    } catch (error) {
      // An execution that cannot be ended must not block the others.
      if (toSealrunError(error).code !== "INTERNAL") throw error;
      log.error({ err: error, executionId: id }, "An execution could not be settled; it stays open");
      failed.push(id);
    }
  }
  return { settled, failed, next: found.length < atOnce ? null : (found.at(-1)?.number ?? null) };
}

async function settleOne(
  { database }: Pick<Deps, "database">,
  requester: Requester,
  { id, before }: { readonly id: ExecutionId; readonly before: string },
): Promise<boolean> {
  return database.transaction(async (sql) => {
    const { status, attempt, isHeld } = await lockExecution(sql, id);
    if (!isHeld) throw notHeld();
    if (isFinal(status)) return false;
    await removeFromOutbox(sql, id);
    await endAttempt(sql, { executionId: id, attempt }, "lost");
    await endUnfinished(sql, id, { status: "lost", error: restored });
    await recordAudit(sql, { requester, action: "execution.settle", object: id, detail: { status, before } });
    return true;
  });
}

async function checkTime(database: Deps["database"], before: string): Promise<void> {
  if (await isPast(database, before)) return;
  throw new SealrunError("BAD_REQUEST", "before: expected a time in the past: when the backup was made");
}

function notHeld(): SealrunError {
  return new SealrunError(
    "PLATFORM_NOT_HELD",
    "Executions are settled only while the platform is held; hold it with: sealrun platform hold",
  );
}
