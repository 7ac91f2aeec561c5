import { setTimeout as sleep } from "node:timers/promises";
import type { ChildEnd } from "./bound-child.ts";

/** The outcome of a wait for a child's readiness. */
export type Readiness<T> =
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "ended"; readonly end: ChildEnd }
  | { readonly kind: "late" };

export interface WaitOptions {
  readonly ended: Promise<ChildEnd>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const pollMs = 10;

/** Polls until `ask` gives a value, the child ends, or the timeout has passed. Throws when the signal aborts. */
export async function waitUntilReady<T>(
  ask: () => Promise<T | undefined>,
  options: WaitOptions,
): Promise<Readiness<T>> {
  let end: ChildEnd | undefined;
  void options.ended.then((value) => (end = value));
  const deadline = Date.now() + options.timeoutMs;
  while (Date.now() < deadline) {
    options.signal?.throwIfAborted();
    const value = await ask();
    if (value !== undefined) return { kind: "ready", value };
    if (end !== undefined) return { kind: "ended", end };
    await sleep(pollMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
  return { kind: "late" };
}
