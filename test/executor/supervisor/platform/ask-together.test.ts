import { setImmediate } from "node:timers/promises";
import { limits, SealrunError, type AttemptRef } from "@sealrun/protocol";
import { describe, expect, it } from "vitest";
import { askTogether } from "../../../../executor/src/supervisor/platform/ask-together.ts";
import { codeOf } from "../../../support/executions-world.ts";
import { newAttemptRef } from "../../../support/reports-stream.ts";

/** Asks a platform that accepts what `judge` finds nothing wrong with, and notes the requests. */
function startAsking(judge: (ref: AttemptRef) => SealrunError | undefined = () => undefined, bytes = 100) {
  const requests: (readonly AttemptRef[])[] = [];
  const answer = askTogether({
    bytesOf: (_ref: AttemptRef) => bytes,
    ask: async (items) => {
      requests.push(items);
      return items.map(({ executionId }) => {
        const error = judge({ executionId, attempt: 1 });
        if (error === undefined) return { executionId, ok: true as const };
        return { executionId, ok: false as const, error: { code: error.code, message: error.message } };
      });
    },
  });
  return { requests, answer };
}

describe("askTogether()", () => {
  it("asks about what comes at the same moment in one request, and about the next one by itself", async () => {
    const { requests, answer } = startAsking();
    const refs = [newAttemptRef(), newAttemptRef(), newAttemptRef()];
    const answers = await Promise.all(refs.map(answer));
    expect(answers.map(({ executionId }) => executionId)).toEqual(refs.map(({ executionId }) => executionId));
    await answer(newAttemptRef());
    expect(requests.map((items) => items.length)).toEqual([3, 1]);
  });

  it("gives each its own refusal", async () => {
    const [good, bad] = [newAttemptRef(), newAttemptRef()];
    const { requests, answer } = startAsking(({ executionId }) =>
      executionId === bad.executionId ? new SealrunError("LEASE_LOST", "") : undefined,
    );
    const outcomes = await Promise.all([codeOf(answer(bad)), answer(good)]);
    expect(outcomes).toEqual(["LEASE_LOST", { executionId: good.executionId, ok: true }]);
    expect(requests).toHaveLength(1);
  });

  it("asks alone about one that the platform does not wait for, and gives the others their answers first", async () => {
    const [good, locked] = [newAttemptRef(), newAttemptRef()];
    const unlocked = Promise.withResolvers<undefined>();
    const answer = askTogether({
      bytesOf: (_ref: AttemptRef) => 100,
      ask: async (items) => {
        if (items.length === 1) await unlocked.promise;
        return items.map(({ executionId }) => {
          const isLocked = items.length > 1 && executionId === locked.executionId;
          if (!isLocked) return { executionId, ok: true as const };
          return { executionId, ok: false as const, error: { code: "TIMED_OUT", message: "" } };
        });
      },
    });
    const late = answer(locked);
    expect(await answer(good)).toEqual({ executionId: good.executionId, ok: true });
    unlocked.resolve(undefined);
    expect(await late).toEqual({ executionId: locked.executionId, ok: true });
  });

  it("asks about each by itself when the platform refuses a request for one that spoils it", async () => {
    const [good, bad] = [newAttemptRef(), newAttemptRef()];
    const answer = askTogether({
      bytesOf: (_ref: AttemptRef) => 100,
      ask: async (items) => {
        if (items.some(({ executionId }) => executionId === bad.executionId)) throw new SealrunError("MALFORMED", "");
        return items.map(({ executionId }) => ({ executionId, ok: true as const }));
      },
    });
    expect(await Promise.all([codeOf(answer(bad)), answer(good)])).toEqual([
      "MALFORMED",
      { executionId: good.executionId, ok: true },
    ]);
  });

  it("splits what does not fit into one message, and two attempts of one execution", async () => {
    const large = startAsking(undefined, limits.batchBytes / 2);
    await Promise.all([newAttemptRef(), newAttemptRef(), newAttemptRef()].map(large.answer));
    expect(large.requests.map((items) => items.length)).toEqual([2, 1]);
    const twice = startAsking();
    const ref = newAttemptRef();
    await Promise.all([ref, { ...ref, attempt: 2 }].map(twice.answer));
    expect(twice.requests.map((items) => items.length)).toEqual([1, 1]);
  });

  it("lets what comes soon after a request wait for others, and for no answer", async () => {
    const asked: number[] = [];
    const first = Promise.withResolvers<void>();
    const never = askTogether({
      bytesOf: (_ref: AttemptRef) => 100,
      ask: async (items) => {
        asked.push(items.length);
        first.resolve();
        return new Promise<never>(() => undefined);
      },
    });
    void never(newAttemptRef());
    // Not polled for: the next one has to come within the 60 ms in which others are waited for.
    await first.promise;
    void never(newAttemptRef());
    await setImmediate();
    void never(newAttemptRef());
    await setImmediate();
    expect(asked).toEqual([1]);
    await expect.poll(() => asked).toEqual([1, 2]);
  });

  it("refuses an answer that lacks one of them", async () => {
    const answer = askTogether({ bytesOf: (_ref: AttemptRef) => 100, ask: async () => [] });
    expect(await codeOf(answer(newAttemptRef()))).toBe("MALFORMED");
  });
});
