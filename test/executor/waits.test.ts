import { describe, expect, test } from "vitest";
import { pause, unlessAborted } from "../../executor/src/waits.ts";

const never = new Promise<string>(() => undefined);

describe("pause()", () => {
  test("pause() returns after its time", async () => {
    const startedAt = performance.now();
    await pause(30, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  test("pause() returns at once when its signal has aborted, and as soon as it does", async () => {
    await pause(600_000, AbortSignal.abort());
    await pause(600_000, AbortSignal.timeout(10));
  });
});

describe("unlessAborted()", () => {
  test("unlessAborted() gives what the promise gives, and its failure", async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve("given"), signal)).toBe("given");
    await expect(unlessAborted(Promise.reject(new TypeError("broken")), signal)).rejects.toThrow("broken");
  });

  test("unlessAborted() gives undefined once the signal aborts, also when it had before", async () => {
    expect(await unlessAborted(never, AbortSignal.timeout(10))).toBeUndefined();
    expect(await unlessAborted(never, AbortSignal.abort())).toBeUndefined();
  });
});
