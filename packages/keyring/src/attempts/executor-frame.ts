import { fromBase64, openFrame, type OpenedFrame } from "@sealrun/crypto";
import type { Sql } from "@sealrun/postgres";
import { type ExecutionId, type ExecutorId, limits, type RpcVerb, SealrunError, subjects } from "@sealrun/protocol";
import { lockExecutor, type StoredExecutor } from "../enrolment/store.ts";

/** A verified frame of an enrolled executor that is not revoked. */
export interface ExecutorFrame extends OpenedFrame {
  readonly executor: StoredExecutor;
}

/**
 * Opens the executor's own frame inside a request of the platform, and locks these executions. The sender that the
 * platform names is checked, not trusted: `NOT_ENROLLED` for an unknown or revoked executor, else the codes of
 * `openFrame`.
 */
export async function openExecutorFrame(
  sql: Sql,
  request: { readonly executorFrame: string; readonly executorId: ExecutorId },
  { verb, lock = [] }: { readonly verb: RpcVerb; readonly lock?: readonly ExecutionId[] },
): Promise<ExecutorFrame> {
  const executor = await lockExecutor(sql, request.executorId, lock);
  if (executor === undefined) {
    throw new SealrunError("NOT_ENROLLED", `The executor ${request.executorId} is not enrolled; enrol it with a token`);
  }
  if (executor.isRevoked) throw new SealrunError("NOT_ENROLLED", `The executor ${executor.id} was revoked`);
  const opened = openFrame(fromBase64(request.executorFrame), {
    findKey: (sender) => (sender === executor.id ? executor.signPublic : undefined),
    expect: { kind: `${verb}.request`, subject: subjects.rpc(executor.id, verb) },
    now: Date.now(),
    maxAgeMs: limits.requestLifetimeMs,
    maxSkewMs: limits.clockSkewMs,
  });
  return { ...opened, executor };
}

/** Throws `NOT_ENROLLED` unless the executor may run packages of this project. */
export function checkProjectRight(executor: Pick<StoredExecutor, "id" | "projects">, projectId: string): void {
  if (executor.projects === "all" || executor.projects.some((allowed) => allowed === projectId)) return;
  throw new SealrunError(
    "NOT_ENROLLED",
    `The executor ${executor.id} may not run the project ${projectId}; enrol one in its pool that may`,
  );
}
