import type { MachineTrouble } from "@sealrun/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pino } from "pino";
import { z } from "zod";
import { createReadiness } from "../../../executor/src/machine/readiness.ts";

const full: MachineTrouble = { code: "DISK_FULL", message: "full" };
const broken: MachineTrouble = { code: "MACHINE_FAILED", message: "broken" };
const said = z.object({ msg: z.string() });
const going = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A machine with this trouble: how often it was checked, when it was probed, and what was reported of it. */
function startMachine() {
  const machine = {
    trouble: undefined as MachineTrouble | undefined,
    shortage: undefined as MachineTrouble | undefined,
    looks: 0,
    probedAt: [] as number[],
    told: [] as (MachineTrouble | undefined)[],
    logged: [] as string[],
  };
  const startedAt = performance.now();
  const readiness = createReadiness({
    probe: async () => {
      machine.probedAt.push(Math.round((performance.now() - startedAt) / 1_000));
      return machine.trouble;
    },
    check: async () => {
      machine.looks += 1;
      return machine.shortage;
    },
    onChange: (found) => void machine.told.push(found),
    log: pino({ level: "info" }, { write: (line) => void machine.logged.push(said.parse(JSON.parse(line)).msg) }),
  });
  return { machine, readiness };
}

describe("createReadiness()", () => {
  test("createReadiness() checks the disk at most once a second, however often it is asked", async () => {
    const { machine, readiness } = startMachine();
    expect(await Promise.all([readiness.isReady(), readiness.isReady()])).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(900);
    await readiness.isReady();
    expect(machine.looks).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    await readiness.isReady();
    expect(machine.looks).toBe(2);
  });

  test("createReadiness() stops until a probe finds nothing, with longer and longer pauses, and logs start and end once", async () => {
    const { machine, readiness } = startMachine();
    machine.trouble = full;
    readiness.stop(full);
    readiness.stop(broken);
    let isResumed = false;
    const waiting = readiness.wait(going).then(() => (isResumed = true));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(machine.probedAt).toEqual([2, 6, 14, 30, 60, 90]);
    expect([await readiness.isReady(), isResumed]).toEqual([false, false]);
    machine.trouble = undefined;
    await vi.advanceTimersByTimeAsync(30_000);
    await waiting;
    expect(await readiness.isReady()).toBe(true);
    expect(machine.told).toEqual([full, undefined]);
    expect(machine.logged).toEqual([
      "No executions are taken until the machine is in order: full",
      "The machine is in order again; executions are taken",
    ]);
  });

  test("createReadiness() reports a probe that finds another trouble", async () => {
    const { machine, readiness } = startMachine();
    machine.trouble = broken;
    readiness.stop(full);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(machine.told).toEqual([full, broken]);
    expect(machine.logged).toHaveLength(1);
  });

  test("createReadiness() keeps its long pauses for trouble that returns at once, and starts again with short ones later", async () => {
    const { machine, readiness } = startMachine();
    readiness.stop(full);
    await vi.advanceTimersByTimeAsync(2_000);
    readiness.stop(full);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(machine.probedAt).toEqual([2, 6]);
    await vi.advanceTimersByTimeAsync(94_000);
    readiness.stop(full);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(machine.probedAt).toEqual([2, 6, 102]);
  });

  test("createReadiness() stops when a check finds a full disk, before anything is taken", async () => {
    const { machine, readiness } = startMachine();
    machine.shortage = full;
    expect(await readiness.isReady()).toBe(false);
    expect(machine.told).toEqual([full]);
  });

  test("createReadiness() ends a wait with its signal, and stops probing once closed", async () => {
    const { machine, readiness } = startMachine();
    readiness.stop(full);
    const stopping = new AbortController();
    const waiting = readiness.wait(stopping.signal);
    stopping.abort();
    await waiting;
    readiness.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(machine.probedAt).toEqual([]);
  });
});
