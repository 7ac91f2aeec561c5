import { limits, SealrunError } from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeptReports, type SpoolLimits } from "../../../../executor/src/supervisor/report/kept-reports.ts";
import type { Chunk } from "../../../../executor/src/supervisor/report/send-chunk.ts";
import { anyAttempt, chunkOf, keptLog, memorySpool } from "./memory-spool.ts";

const noSpace = Object.assign(new TypeError("no space left"), { code: "ENOSPC" });
const gone = Object.assign(new TypeError("no such file"), { code: "ENOENT" });
const mebi = 1024 * 1024;

function prepare(options: { readonly chunks?: readonly Chunk[]; readonly spoolLimits?: SpoolLimits } = {}) {
  const memory = memorySpool();
  const { log, lines } = keptLog();
  const ref = anyAttempt();
  const deps = { spool: { reportBytes: () => memory.disk.allBytes }, log, spoolLimits: options.spoolLimits };
  return { ...memory, lines, ref, kept: createKeptReports(deps, ref, memory.spooled, options.chunks) };
}

describe("createKeptReports()", () => {
  test("KeptReports.keep() puts a chunk into the spool, where find() finds it", async () => {
    const { kept, ref, stored } = prepare();
    expect(kept.ref).toBe(ref);
    expect(await kept.keep(chunkOf(1))).toBe(true);
    expect([...stored.keys()]).toEqual([1]);
    expect(kept.inMemory()).toEqual([]);
    expect(await kept.find(1)).toEqual(chunkOf(1));
    expect(await kept.find(2)).toBeUndefined();
  });

  test("KeptReports.keep() keeps in memory what cannot be written, and logs the first of them only", async () => {
    const { kept, disk, stored, lines } = prepare();
    disk.appendError = noSpace;
    expect(await kept.keep(chunkOf(1))).toBe(false);
    expect(await kept.keep(chunkOf(2))).toBe(false);
    delete disk.appendError;
    expect(await kept.keep(chunkOf(3))).toBe(true);
    expect(kept.inMemory()).toEqual([chunkOf(1), chunkOf(2)]);
    expect([...stored.keys()]).toEqual([3]);
    expect(await kept.find(2)).toEqual(chunkOf(2));
    expect(lines).toHaveLength(1);
  });

  test("createKeptReports() has the given chunks in memory from the start", async () => {
    const { kept } = prepare({ chunks: [chunkOf(4), chunkOf(2)] });
    expect(kept.inMemory()).toEqual([chunkOf(4), chunkOf(2)]);
    expect(await kept.find(4)).toEqual(chunkOf(4));
    expect(kept.lastSequence()).toBe(4);
  });

  test.each([
    ["its file is gone", gone],
    ["it was changed", new SealrunError("TAMPERED", "")],
  ])("KeptReports.find() gives undefined and logs a chunk when %s", async (_, readError) => {
    const { kept, disk, lines } = prepare();
    await kept.keep(chunkOf(1));
    disk.readError = readError;
    expect(await kept.find(1)).toBeUndefined();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"sequence":1');
  });

  test("KeptReports.find() fails as the disk does otherwise: the chunk may be readable later", async () => {
    const { kept, disk } = prepare();
    await kept.keep(chunkOf(1));
    disk.readError = Object.assign(new TypeError("input/output error"), { code: "EIO" });
    await expect(kept.find(1)).rejects.toBe(disk.readError);
  });

  test("KeptReports.find() needs no disk for a chunk in memory", async () => {
    const { kept, disk } = prepare({ chunks: [chunkOf(1)] });
    disk.readError = gone;
    expect(await kept.find(1)).toEqual(chunkOf(1));
  });

  test("KeptReports.confirm() frees the chunks that are not missing, up to the last one asked about", async () => {
    const places = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(places, places, places, fc.nat(22), async (inSpool, inMemory, missing, upTo) => {
        const { kept, disk, stored } = prepare();
        for (const sequence of inSpool) await kept.keep(chunkOf(sequence));
        disk.appendError = noSpace;
        const unspooled = inMemory.filter((sequence) => !inSpool.includes(sequence));
        for (const sequence of unspooled) await kept.keep(chunkOf(sequence));
        await kept.confirm(missing, upTo);
        const isLeft = (sequence: number): boolean => sequence > upTo || missing.includes(sequence);
        expect([...stored.keys()]).toEqual(inSpool.filter(isLeft));
        expect(kept.inMemory().map(({ sequence }) => sequence)).toEqual(unspooled.filter(isLeft));
      }),
    );
  });

  test("KeptReports.confirm() frees nothing after the last chunk of a full answer, which does not list all", async () => {
    const { kept, stored } = prepare();
    const missing = Array.from({ length: limits.missingChunks }, (_, index) => 2 * index + 2);
    const last = Math.max(...missing);
    for (const sequence of [1, 2, last - 1, last, last + 1, last + 2]) await kept.keep(chunkOf(sequence));
    await kept.confirm(missing, last + 2);
    expect([...stored.keys()]).toEqual([2, last, last + 1, last + 2]);
    await kept.confirm(missing.slice(1), last + 2);
    expect([...stored.keys()]).toEqual([last]);
  });

  test("KeptReports.lastSequence() is the highest in spool or memory, 0 without any", async () => {
    const { kept, disk } = prepare();
    expect(kept.lastSequence()).toBe(0);
    await kept.keep(chunkOf(7));
    await kept.keep(chunkOf(3));
    expect(kept.lastSequence()).toBe(7);
    disk.appendError = noSpace;
    await kept.keep(chunkOf(9));
    expect(kept.lastSequence()).toBe(9);
    await kept.confirm([7], 9);
    expect(kept.lastSequence()).toBe(7);
  });

  test("KeptReports.hasRoom() is false from the limit of one run, or of all runs, on", () => {
    const { kept, disk } = prepare({ spoolLimits: { runBytes: 100, allBytes: 1_000 } });
    const hasRoom = (bytes: number, allBytes: number): boolean => {
      Object.assign(disk, { bytes, allBytes });
      return kept.hasRoom();
    };
    expect(hasRoom(99, 999)).toBe(true);
    expect(hasRoom(100, 999)).toBe(false);
    expect(hasRoom(99, 1_000)).toBe(false);
  });

  test("KeptReports.isHalfFull() is true over half of a run's limit, or of all runs' for a run with much", () => {
    const { kept, disk } = prepare({ spoolLimits: { runBytes: 4 * mebi, allBytes: 40 * mebi } });
    const isHalfFull = (bytes: number, allBytes: number): boolean => {
      Object.assign(disk, { bytes, allBytes });
      return kept.isHalfFull();
    };
    expect(isHalfFull(2 * mebi, 0)).toBe(false);
    expect(isHalfFull(2 * mebi + 1, 0)).toBe(true);
    expect(isHalfFull(mebi + 1, 20 * mebi)).toBe(false);
    expect(isHalfFull(mebi + 1, 20 * mebi + 1)).toBe(true);
    expect(isHalfFull(mebi, 40 * mebi)).toBe(false);
  });

  test("createKeptReports() uses the shipped limits when it is given none", () => {
    const { kept, disk } = prepare();
    disk.bytes = limits.spoolRunBytes - 1;
    disk.allBytes = limits.spoolBytes - 1;
    expect(kept.hasRoom()).toBe(true);
    disk.bytes += 1;
    expect(kept.hasRoom()).toBe(false);
  });

  test("KeptReports.hasRoom() and isHalfFull() count what is in memory, until it is confirmed", async () => {
    const { kept, disk } = prepare();
    disk.appendError = noSpace;
    const isOver = (): readonly boolean[] => [kept.isHalfFull(), !kept.hasRoom()];
    const big = (sequence: number): Chunk => chunkOf(sequence, "x".repeat(1.5 * mebi));
    await kept.keep(big(1));
    expect(isOver()).toEqual([false, false]);
    await kept.keep(big(2));
    expect(isOver()).toEqual([true, false]);
    await kept.keep(big(3));
    expect(isOver()).toEqual([true, true]);
    await kept.confirm([3], 2);
    expect(isOver()).toEqual([false, false]);
  });

  test("KeptReports.remove() forgets the chunks in spool and memory, and their size", async () => {
    const { kept, stored, done } = prepare({ chunks: [chunkOf(1, "x".repeat(5 * mebi))] });
    await kept.keep(chunkOf(2));
    expect(kept.hasRoom()).toBe(false);
    await kept.close();
    await kept.remove();
    expect(done).toEqual(["close", "remove"]);
    expect(stored.size).toBe(0);
    expect(kept.inMemory()).toEqual([]);
    expect(kept.lastSequence()).toBe(0);
    expect(kept.hasRoom()).toBe(true);
  });
});
