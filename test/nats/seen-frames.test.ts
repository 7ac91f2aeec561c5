import { limits } from "@sealrun/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSeenFrames } from "../../packages/nats/src/seen-frames.ts";

const keepMs = limits.requestLifetimeMs + limits.clockSkewMs;

test("createSeenFrames() takes a digest once while a frame of its age would be accepted", () => {
  const seen = createSeenFrames();
  expect(seen.add("one", 0)).toBe(true);
  expect(seen.add("one", keepMs - 1)).toBe(false);
  expect(seen.add("two", keepMs - 1)).toBe(true);
});

test("createSeenFrames() forgets what is too old to be accepted", () => {
  const seen = createSeenFrames();
  seen.add("one", 0);
  expect(seen.add("two", keepMs)).toBe(true);
  expect(seen.add("one", keepMs)).toBe(true);
});

test("createSeenFrames() never takes a digest twice within its time, whatever comes between", () => {
  const steps = fc.array(fc.record({ digest: fc.constantFrom("a", "b", "c"), afterMs: fc.nat(keepMs) }));
  fc.assert(
    fc.property(steps, (list) => {
      const seen = createSeenFrames();
      const takenAt = new Map<string, number>();
      let now = 0;
      for (const { digest, afterMs } of list) {
        now += afterMs;
        const before = takenAt.get(digest);
        const taken = seen.add(digest, now);
        if (taken && before !== undefined) expect(now - before).toBeGreaterThanOrEqual(keepMs);
        if (taken) takenAt.set(digest, now);
      }
    }),
  );
});

test("createSeenFrames() refuses all requests rather than forget a frame that could be replayed", () => {
  const seen = createSeenFrames();
  for (let index = 0; index < 200_000; index += 1) seen.add(String(index), 0);
  expect(() => seen.add("one more", 0)).toThrowError(expect.objectContaining({ code: "RATE_LIMITED" }));
  expect(seen.add("7", 0)).toBe(false);
  expect(seen.add("one more", keepMs)).toBe(true);
});
