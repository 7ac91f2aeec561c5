import type { ExecutorId, FrameHeader } from "@sealrun/protocol";
import type { Requester, Deps } from "../deps.ts";

/** What the functions that answer an executor need. */
export type RpcDeps = Omit<Deps, "log">;

/** A verified request of an enrolled executor. */
export interface ExecutorRequest {
  readonly executorId: ExecutorId;
  readonly requestId: string;
  readonly header: FrameHeader;
  readonly body: Uint8Array;
  /** The whole frame: the keyring verifies it again. */
  readonly frame: Uint8Array;
}

/** The requester, for the audit. */
export function executorRequester({
  executorId,
  requestId,
}: Pick<ExecutorRequest, "executorId" | "requestId">): Requester {
  return { name: `executor ${executorId}`, requestId };
}
