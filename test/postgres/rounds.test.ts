import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRounds } from "../../packages/postgres/src/rounds.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Rounds of which each ends when the test says so, after which the next is due in `waitMs`. */
function holdRounds(waitMs: number) {
  const ends: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const rounds = createRounds(async (signal) => {
    signals.push(signal);
    await new Promise<void>((resolve) => ends.push(resolve));
    return waitMs;
  });
  const endRound = async (): Promise<void> => {
    ends.at(-1)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { ...rounds, signals, endRound };
}

describe("createRounds()", () => {
  test("createRounds() does nothing before it is rung", async () => {
    const { signals } = holdRounds(10);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signals).toHaveLength(0);
  });

  test("createRounds() waits for as long as the last round said, and not while one is under way", async () => {
    const { ring, signals, endRound } = holdRounds(1_000);
    ring();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(signals).toHaveLength(1);
    await endRound();
    await vi.advanceTimersByTimeAsync(999);
    expect(signals).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals).toHaveLength(2);
  });

  test("createRounds() follows a round by one more, however often it was rung meanwhile", async () => {
    const { ring, signals, endRound } = holdRounds(1_000);
    ring();
    for (let times = 0; times < 5; times += 1) ring();
    expect(signals).toHaveLength(1);
    await endRound();
    expect(signals).toHaveLength(2);
    await endRound();
    expect(signals).toHaveLength(2);
  });

  test("createRounds() begins at once when it is rung during a wait, and waits anew after that", async () => {
    const { ring, signals, endRound } = holdRounds(1_000);
    ring();
    await endRound();
    await vi.advanceTimersByTimeAsync(600);
    ring();
    expect(signals).toHaveLength(2);
    await endRound();
    await vi.advanceTimersByTimeAsync(999);
    expect(signals).toHaveLength(2);
  });

  test("createRounds() tells the round that it closes, waits for its end, and starts no other", async () => {
    const { ring, close, signals, endRound } = holdRounds(10);
    ring();
    ring();
    let isClosed = false;
    const closing = close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(100);
    expect([signals[0]?.aborted, isClosed]).toEqual([true, false]);
    await endRound();
    await closing;
    ring();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(signals).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
