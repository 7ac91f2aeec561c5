import { parametersContext, sealWithKey, storedContext } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import {
  decodeOfAttempt,
  limits,
  type PackageId,
  scheduleRequest,
  type ScheduleReply,
  type ScheduleRequest,
  SealrunError,
} from "@sealrun/protocol";
import { recordAudit } from "../audit/store.ts";
import { firstDue } from "../schedules/due-times.ts";
import { areSchedulesOn, countScriptSchedules, findSchedule, insertSchedule, readClock } from "../schedules/store.ts";
import { readSealedParameters } from "../secrets/read-sealed.ts";
import { fetchScopeKey } from "../secrets/scope-key.ts";
import { findLiveAttempt, type LiveAttempt, lockLiveAttempt } from "../executions/attempt-store.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";

const maxNames = 1_000;

/**
 * Stores later runs of the attempt's own package. The same id sent again gets the same answer. `BAD_REQUEST` says which
 * due time is invalid; `LEASE_LOST`, `KEY_CHANGED`, `VALUE_TOO_LARGE`, `RATE_LIMITED`.
 */
export async function answerSchedule(deps: RpcDeps, request: ExecutorRequest): Promise<ScheduleReply> {
  const asked = decodeOfAttempt(scheduleRequest, request);
  checkNames(asked);
  const claimed = { ...asked, executorId: request.executorId };
  const live = await findLiveAttempt(deps.database, claimed);
  const sealed = asked.parameters === undefined ? null : await wrap(deps, live, asked.parameters);
  return deps.database.transaction(async (sql) => {
    await lockLiveAttempt(sql, claimed);
    const known = await findSchedule(sql, asked.id);
    if (known !== undefined) return answerAgain(asked, live, known);
    if ((await countScriptSchedules(sql, live.packageId)) >= limits.schedulesPerPackage) {
      throw new SealrunError(
        "FORBIDDEN",
        `The scripts of this package have ${limits.schedulesPerPackage} schedules already; delete some with: sealrun schedule delete`,
      );
    }
    const due = await findDue(sql, asked);
    const isOn = await areSchedulesOn(sql, live.packageId);
    const author = `execution ${asked.executionId}`;
    const isNew = await insertSchedule(sql, {
      id: asked.id,
      packageId: live.packageId,
      kind: "script",
      rule: due.rule,
      onceAt: due.rule === undefined ? due.at : undefined,
      missed: due.rule === undefined ? "run_once" : "skip",
      sealed,
      sealedNames: asked.sealedNames,
      nextAt: isOn ? due.at : undefined,
      author,
    });
    if (!isNew) {
      // The same request, sent twice, was stored meanwhile.
      const stored = await findSchedule(sql, asked.id);
      if (stored !== undefined) return answerAgain(asked, live, stored);
    }
    const detail = { schedule: asked.id, nextAt: due.at.toISOString(), ...due.rule, parameters: asked.sealedNames };
    const requester = { name: author, requestId: request.requestId };
    await recordAudit(sql, { requester, action: "schedule.set", object: live.packageId, detail });
    return { ok: true, id: asked.id, nextAt: due.at.toISOString() };
  });
}

function checkNames({ sealedNames }: ScheduleRequest): void {
  const isFine = sealedNames.length <= maxNames && sealedNames.every((name) => name.length <= 256);
  if (!isFine || new Set(sealedNames).size !== sealedNames.length) {
    throw new SealrunError(
      "BAD_REQUEST",
      `Expected at most ${maxNames} different parameter names of at most 256 characters`,
    );
  }
}

async function wrap(deps: RpcDeps, live: LiveAttempt, parameters: string): Promise<Uint8Array> {
  const key = await fetchScopeKey(deps, { scope: "service", ownerId: live.packageId, projectId: live.projectId });
  const context = parametersContext({ platformId: deps.platformId, packageId: live.packageId });
  return sealWithKey(deps.storageKey, storedContext(context), readSealedParameters(key, parameters, "the parameters"));
}

function answerAgain(
  asked: ScheduleRequest,
  live: LiveAttempt,
  known: { readonly packageId: PackageId; readonly nextAt: Date },
): ScheduleReply {
  if (known.packageId === live.packageId) return { ok: true, id: asked.id, nextAt: known.nextAt.toISOString() };
  throw new SealrunError("BAD_REQUEST", "Another package has a schedule of this id");
}

async function findDue(sql: Sql, { when }: ScheduleRequest) {
  const now = await readClock(sql);
  if ("cron" in when) {
    const rule = { cron: when.cron.trim(), timezone: when.timezone ?? null };
    return { rule, at: firstDue(rule, now) };
  }
  if (when.delayMs > limits.scheduleDelayMs) {
    throw new SealrunError("BAD_REQUEST", "expected a delay of at most 366 days");
  }
  return { rule: undefined, at: new Date(now.getTime() + when.delayMs) };
}
