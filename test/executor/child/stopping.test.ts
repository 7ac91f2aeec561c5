import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createStopping } from "../../../executor/src/child/stopping.ts";

/** A script that ignores SIGTERM, and the calls made to it. */
function stubbornScript() {
  const done: string[] = [];
  const killed = Promise.withResolvers<void>();
  const script = {
    terminate: async () => void done.push("terminate"),
    kill: async () => {
      done.push("kill");
      killed.resolve();
    },
  };
  return { done, killed: killed.promise, script };
}

const error = new SealrunError("CHANNEL_BROKEN", "");

test("createStopping() asks first and kills after the grace", async () => {
  const { done, killed, script } = stubbornScript();
  const stopping = createStopping({ timeoutMs: 10, graceMs: 10, signal: new AbortController().signal }, script);
  await killed;
  expect(done).toEqual(["terminate", "kill"]);
  expect(stopping.reason()).toEqual({ kind: "timed-out" });
});

test("createStopping() kills at once when the channel is broken, and keeps the first reason", () => {
  const { done, script } = stubbornScript();
  const cancel = new AbortController();
  const stopping = createStopping({ timeoutMs: 60_000, graceMs: 10, signal: cancel.signal }, script);
  stopping.stop({ kind: "channel-broken", error });
  cancel.abort();
  stopping.settle();
  expect(done).toEqual(["kill"]);
  expect(stopping.reason()).toMatchObject({ kind: "channel-broken" });
});

test("createStopping() kills at once when the lease of its attempt was lost", () => {
  const { done, script } = stubbornScript();
  const lease = new AbortController();
  const stopping = createStopping({ timeoutMs: 60_000, graceMs: 60_000, signal: lease.signal }, script);
  lease.abort(new SealrunError("LEASE_LOST", ""));
  stopping.settle();
  expect(done).toEqual(["kill"]);
  expect(stopping.reason()).toMatchObject({ kind: "failed", error: { code: "LEASE_LOST" } });
});

test("createStopping() counts only failed output once the script has ended", () => {
  const { done, script } = stubbornScript();
  const cancel = new AbortController();
  const stopping = createStopping({ timeoutMs: 60_000, graceMs: 10, signal: cancel.signal }, script);
  stopping.settle();
  cancel.abort();
  stopping.stop({ kind: "channel-broken", error });
  expect([done, stopping.reason()]).toEqual([[], undefined]);
  stopping.stop({ kind: "failed", error });
  expect(stopping.reason()).toMatchObject({ kind: "failed" });
});
