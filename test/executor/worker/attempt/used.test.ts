import { expect, test } from "vitest";
import { createUsed } from "../../../../executor/src/worker/attempt/used.ts";

test("createUsed() takes the highest memory and adds up the time of all tries", () => {
  const used = createUsed();
  expect(used.sum()).toEqual({});
  used.add(undefined);
  used.add({ peakMemoryBytes: 50, cpuMs: 10 });
  used.add({ peakMemoryBytes: 40, cpuMs: 20 });
  expect(used.sum()).toEqual({ peakMemoryBytes: 50, cpuMs: 30 });
});

test("createUsed() leaves out memory that was never seen", () => {
  const used = createUsed();
  used.add({ peakMemoryBytes: 0, cpuMs: 0 });
  expect(used.sum()).toEqual({ cpuMs: 0 });
});
