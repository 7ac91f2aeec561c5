import { newId } from "@sealrun/crypto";
import { type ExecutionEvent, SealrunError } from "@sealrun/protocol";
import type { Attempt } from "../../executor/src/jobs/attempt.ts";
import type { ExecutorPeer } from "./executor-peer.ts";

/** One execution that a peer worked off. */
export interface WorkedOff {
  readonly id: string;
  readonly package: string;
}

/** Asks again as an executor does while nobody answers; undefined for an event that is refused. */
async function claimPatiently(peer: ExecutorPeer, event: ExecutionEvent): Promise<Attempt | undefined> {
  const requestId = newId("request");
  for (;;) {
    try {
      return await peer.claim(event, requestId);
    } catch (error) {
      if (!(error instanceof SealrunError) || error.code !== "PLATFORM_UNREACHABLE") return undefined;
    }
  }
}

/** Takes, claims, finishes and acknowledges so many executions, one after the other; `onClaim` sees each while it runs. */
export async function workOff(
  peer: ExecutorPeer,
  count: number,
  onClaim: (done: WorkedOff) => Promise<void> = async () => undefined,
): Promise<readonly WorkedOff[]> {
  const done: WorkedOff[] = [];
  while (done.length < count) {
    const { event, message } = await peer.take();
    const attempt = await claimPatiently(peer, event);
    if (attempt !== undefined) {
      const one = { id: event.executionId, package: event.package.name };
      await onClaim(one);
      await peer.rpc.finish({ ...attempt.held, status: "succeeded", lastSequence: 0 });
      done.push(one);
    }
    message.done();
  }
  return done;
}
