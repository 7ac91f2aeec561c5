import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@sealrun/crypto";
import { type ExecutionEvent, SealrunError } from "@sealrun/protocol";
import type { ExecutorPeer, PeerAttempt } from "./executor-peer.ts";

const retryMs = 100;

/** One execution that a peer worked off. */
export interface WorkedOff {
  readonly id: string;
  readonly package: string;
}

/** Asks again while a part is away, the keyring too, which may reconnect last; undefined for an event that is refused. */
export async function claimPatiently(peer: ExecutorPeer, event: ExecutionEvent): Promise<PeerAttempt | undefined> {
  const requestId = newId("request");
  for (;;) {
    try {
      return await peer.claim(event, requestId);
    } catch (error) {
      if (!(error instanceof SealrunError) || !error.row.retry) return undefined;
      await sleep(retryMs);
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
      await peer.rpc.finish({ ...attempt.ref, status: "succeeded", lastSequence: 0 });
      done.push(one);
    }
    message.done();
  }
  return done;
}
