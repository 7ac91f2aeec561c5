import type { ExecutorPeer } from "./executor-peer.ts";

/** One execution that a peer worked off. */
export interface WorkedOff {
  readonly id: string;
  readonly package: string;
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
    const attempt = await peer.claim(event).catch(() => undefined);
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
