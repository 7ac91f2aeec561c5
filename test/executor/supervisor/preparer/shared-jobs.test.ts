import { SealrunError } from "@sealrun/protocol";
import { expect, test } from "vitest";
import type { Say } from "../../../../executor/src/between/preparation.ts";
import { createSharedJobs, type SharedOrder } from "../../../../executor/src/supervisor/preparer/shared-jobs.ts";
import { rejectionOf } from "../../../support/refusal.ts";

const never = new AbortController().signal;
const order: SharedOrder = { versionDigest: "a".repeat(64), files: [], scripts: [] };

/** Jobs that a test ends by hand. */
function startWorld() {
  const begun: { readonly say: Say; readonly signal: AbortSignal; readonly end: PromiseWithResolvers<void> }[] = [];
  const released: number[] = [];
  const jobs = createSharedJobs(async (_, { say, signal }) => {
    const end = Promise.withResolvers<void>();
    const place = begun.push({ say, signal, end });
    signal.addEventListener("abort", () => end.reject(new SealrunError("CANCELLED", "")), { once: true });
    await end.promise;
    return async () => void released.push(place);
  });
  const heard: string[] = [];
  const join = (who: string) => jobs.join(order, (_, text) => void heard.push(`${who} ${text}`));
  return { jobs, begun, released, heard, join };
}

test("createSharedJobs() gives all that wait one job, and each its lines from the first on", async () => {
  const { begun, released, heard, join } = startWorld();
  const first = join("first");
  begun[0]?.say("info", "one");
  const second = join("second");
  begun[0]?.say("info", "two");
  begun[0]?.end.resolve();
  await Promise.all([first.wait(never), second.wait(never)]);
  expect(begun).toHaveLength(1);
  expect(heard).toEqual(["first one", "second one", "first two", "second two"]);
  await first[Symbol.asyncDispose]();
  expect(released).toEqual([]);
  await second[Symbol.asyncDispose]();
  await Promise.resolve();
  expect(released).toEqual([1]);
});

test("createSharedJobs() passes a failure on to all, and begins again afterwards", async () => {
  const { begun, join } = startWorld();
  const both = [join("first"), join("second")];
  begun[0]?.end.reject(new SealrunError("DEPENDENCIES_FAILED", "no"));
  for (const job of both) expect((await rejectionOf(job.wait(never))).code).toBe("DEPENDENCIES_FAILED");
  join("third");
  expect(begun).toHaveLength(2);
});

test("createSharedJobs() ends a job when the last one leaves, and not before", async () => {
  const { begun, join } = startWorld();
  const [first, second] = [join("first"), join("second")];
  const stop = new AbortController();
  const waiting = rejectionOf(first.wait(stop.signal));
  stop.abort(new SealrunError("LEASE_LOST", "gone"));
  expect((await waiting).code).toBe("LEASE_LOST");
  await first[Symbol.asyncDispose]();
  expect(begun[0]?.signal.aborted).toBe(false);
  await second[Symbol.asyncDispose]();
  expect(begun[0]?.signal.aborted).toBe(true);
  join("third");
  expect(begun).toHaveLength(2);
});

test("close() of the jobs ends all of them", async () => {
  const { jobs, begun, join } = startWorld();
  const ended = rejectionOf(join("first").wait(never));
  await jobs.close();
  expect(begun[0]?.signal.aborted).toBe(true);
  expect((await ended).code).toBe("CANCELLED");
});
