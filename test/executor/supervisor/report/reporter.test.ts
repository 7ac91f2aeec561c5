import { readdir } from "node:fs/promises";
import { spoolKey } from "@sealrun/crypto";
import type { ReportItem, AttemptRef } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packItems } from "../../../../executor/src/between/report-piece.ts";
import { createEnds } from "../../../../executor/src/supervisor/report/ends.ts";
import type { SpoolLimits } from "../../../../executor/src/supervisor/report/kept-reports.ts";
import { createReporter, type Reporter } from "../../../../executor/src/supervisor/report/reporter.ts";
import { openSpool } from "../../../../executor/src/supervisor/report/spool.ts";
import { readChunk } from "../../../support/report-chunks.ts";
import { newAttemptRef, type ReportsStream, startReportsStream } from "../../../support/reports-stream.ts";
import { mountSmallDisk } from "../../../support/small-disk.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let stream: ReportsStream;
beforeAll(async () => {
  stream = await startReportsStream();
});
afterAll(async () => stream.close());

const line = (text: string): ReportItem => ({ type: "log", step: 0, stream: "stdout", text, time: 1 });
const kibi = "x".repeat(1024);

/** A reporter whose platform has stored all chunks except those that `reported` lists. */
async function startReporter(
  folder: string,
  options: {
    readonly spoolLimits?: SpoolLimits;
    readonly reported?: (of: AttemptRef & { readonly lastSequence: number }) => Promise<readonly number[]>;
  } = {},
) {
  const { identity, platform, link, missingOf } = stream;
  const ref = newAttemptRef();
  const logged: string[] = [];
  const asked: { readonly at: number; readonly upTo: number }[] = [];
  const stop = new AbortController();
  const spool = openSpool({ folder, key: spoolKey(identity), executorId: identity.id });
  const rpc = {
    finish: async () => [],
    reported: async (of: AttemptRef & { readonly lastSequence: number }) => {
      asked.push({ at: performance.now(), upTo: of.lastSequence });
      return (options.reported ?? missingOf)(of);
    },
  };
  const log = pino({ level: "info" }, { write: (text: string) => void logged.push(text) });
  const { spoolLimits } = options;
  const ends = createEnds({
    link,
    identity,
    platform,
    rpc,
    spool,
    log,
    giveUp: stop.signal,
    ...(spoolLimits && { spoolLimits }),
  });
  const reporter = createReporter({ link, identity, platform, reports: await ends.open(ref), signal: stop.signal });
  return { ref, spool, reporter, ends, asked, logged, stop };
}

/** Reports this many KiB in lines, as fast as the reporter takes them; returns how many have been taken. */
function flood(reporter: Reporter, lines: number): { taken: () => number; done: Promise<void> } {
  let taken = 0;
  const run = async (): Promise<void> => {
    for (let number = 1; number <= lines; number += 1) {
      await reporter.report(packItems([line(kibi)]));
      taken = number;
    }
  };
  return { taken: () => taken, done: run() };
}

describe.concurrent("createReporter()", () => {
  it("keeps each chunk in the spool, and does not ask the platform for a run with little output", async () => {
    await using root = await temporaryFolder();
    const { ref, reporter, asked, spool } = await startReporter(root.path);
    await reporter.report(packItems([line("one")]));
    await until(async () => ((await stream.sequencesOf(ref)).length === 1 ? true : undefined));
    await reporter.report(packItems([line("two")]));
    const { lastSequence, kept, published } = await reporter.finish();
    await published;
    expect(lastSequence).toBe(2);
    expect(readChunk(await kept.find(2))).toEqual({ sequence: 2, items: [line("two")] });
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect(asked).toEqual([]);
    expect(await readdir(root.path)).toEqual([`${ref.executionId}.1.1.reports`]);
    await kept.remove();
    expect([spool.reportBytes(), await readdir(root.path)]).toEqual([0, []]);
  });

  it("sends the first line at once with what came before it, and holds back the last chunk for the end", async () => {
    await using root = await temporaryFolder();
    const { ref, reporter } = await startReporter(root.path);
    const started: ReportItem = { type: "step-started", step: 0, time: 1 };
    void reporter.report(packItems([started]));
    void reporter.report(packItems([line("one")]));
    await until(async () => ((await stream.sequencesOf(ref)).length === 1 ? true : undefined));
    void reporter.report(packItems([line("two")]));
    void reporter.report(packItems([line("three")]));
    const { last, kept, lastSequence, published } = await reporter.finish({ holdLast: true });
    await published;
    expect(readChunk(last)).toEqual({ sequence: 2, items: [line("two"), line("three")] });
    expect([lastSequence, kept.inMemory()]).toEqual([2, [last]]);
    expect((await stream.reportsOf(ref)).map(({ items }) => items)).toEqual([[started, line("one")]]);
    await kept.remove();
  });

  it.each<readonly [ReportItem, waitMs: number]>([
    [{ type: "step-started", step: 0, time: 1 }, 2_000],
    [{ type: "step-finished", step: 0, status: "succeeded", exitCode: 0, durationMs: 1, time: 2 }, 100],
    [{ type: "read", step: 0, name: "DB_PASS", scope: "service", version: 1, outcome: "read", time: 2 }, 100],
  ])("waits for what often follows %j: %i ms", async (item, waitMs) => {
    await using root = await temporaryFolder();
    const { ref, reporter } = await startReporter(root.path);
    const before = performance.now();
    void reporter.report(packItems([item]));
    await until(async () => ((await stream.sequencesOf(ref)).length === 1 ? true : undefined));
    // A timer may be early by a part of a millisecond.
    expect(performance.now() - before).toBeGreaterThan(waitMs - 2);
    const { kept } = await reporter.finish();
    await kept.remove();
  });

  it("collects the lines after the first one for 20 ms, in one chunk", async () => {
    await using root = await temporaryFolder();
    const { ref, reporter } = await startReporter(root.path);
    void reporter.report(packItems([line("one")]));
    await until(async () => ((await stream.sequencesOf(ref)).length === 1 ? true : undefined));
    const before = performance.now();
    void reporter.report(packItems([line("two")]));
    void reporter.report(packItems([line("three")]));
    await until(async () => ((await stream.sequencesOf(ref)).length === 2 ? true : undefined));
    expect(performance.now() - before).toBeGreaterThan(18);
    expect((await stream.reportsOf(ref)).map(({ items }) => items)).toEqual([
      [line("one")],
      [line("two"), line("three")],
    ]);
    const { kept } = await reporter.finish();
    await kept.remove();
  });

  it("keeps a run that ends at once in its last chunk only: nothing is spooled or sent", async () => {
    await using root = await temporaryFolder();
    const { ref, reporter } = await startReporter(root.path);
    void reporter.report(packItems([{ type: "step-started", step: 0, time: 1 }]));
    void reporter.report(packItems([line("all")]));
    const { last, lastSequence, published } = await reporter.finish({ holdLast: true });
    await published;
    expect([lastSequence, readChunk(last)]).toMatchObject([1, { items: [{}, {}] }]);
    expect([await readdir(root.path), await stream.sequencesOf(ref)]).toEqual([[], []]);
  });

  it("tells how steps ended, without their results", async () => {
    await using root = await temporaryFolder();
    const { reporter } = await startReporter(root.path);
    const error = { code: "SCRIPT_FAILED", message: "main.sh ended with exit code 3" };
    const ended = { step: 0, status: "failed", exitCode: 3, durationMs: 12 } as const;
    await reporter.report(packItems([{ type: "step-started", step: 0, time: 1 }]));
    await reporter.report(packItems([{ type: "step-finished", ...ended, time: 2, result: { a: 1 }, error }]));
    const { steps } = await reporter.finish();
    expect(steps).toEqual([{ ...ended, error }]);
  });

  it("reads output more slowly while the spool is full of chunks that the platform has not stored", async () => {
    await using root = await temporaryFolder();
    const spoolLimits = { runBytes: 2 * 1024 * 1024, allBytes: 64 * 1024 * 1024 };
    let isStored = false;
    const { ref, reporter, asked, stop } = await startReporter(root.path, {
      spoolLimits,
      reported: async ({ lastSequence }) =>
        isStored ? [] : Array.from({ length: lastSequence }, (_, index) => index + 1),
    });
    const { taken, done } = flood(reporter, 9_000);
    // On a busy machine the spool and the memory are full only after some questions, which come once a second.
    await until(async () => {
      const [before, questions] = [taken(), asked.length];
      await until(() => (asked.length >= questions + 2 ? true : undefined));
      return taken() === before ? true : undefined;
    });
    // Chunks in the spool, and chunks that wait in memory for room there.
    expect(taken()).toBeLessThan(7_000);
    const betweenMs = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
    expect(Math.min(...betweenMs)).toBeGreaterThan(990);
    isStored = true;
    await done;
    const { kept, lastSequence, published } = await reporter.finish();
    await published;
    expect(taken()).toBe(9_000);
    // Nothing was lost on the way, in whatever order.
    const there = new Set(await stream.sequencesOf(ref));
    expect(there.size).toBe(lastSequence);
    await kept.remove();
    stop.abort();
  });

  it("loses nothing of a flood, with a small spool and a stream that loses messages", async () => {
    await using root = await temporaryFolder();
    const stored = new Set<number>();
    let ref: AttemptRef | undefined;
    const store = async (): Promise<void> => {
      for (const sequence of ref === undefined ? [] : await stream.sequencesOf(ref)) stored.add(sequence);
      if (ref !== undefined) await stream.lose(ref);
    };
    let rounds = 0;
    const started = await startReporter(root.path, {
      spoolLimits: { runBytes: 1024 * 1024, allBytes: 1024 * 1024 * 1024 },
      reported: async ({ lastSequence }) => {
        rounds += 1;
        // One time in three a message is gone from the stream before the platform sees it.
        if (rounds % 3 !== 0) await store();
        else if (ref !== undefined) await stream.lose(ref);
        return Array.from({ length: lastSequence }, (_, index) => index + 1).filter((one) => !stored.has(one));
      },
    });
    ref = started.ref;
    await flood(started.reporter, 4_000).done;
    const reported = await started.reporter.finish();
    await reported.published;
    started.ends.deliverReports(reported);
    await until(async () => ((await readdir(root.path)).length === 0 ? true : undefined));
    expect(stored.size).toBe(reported.lastSequence);
  });

  it("keeps chunks in memory while the disk is full, and says so once in the run's log", async () => {
    await using root = await temporaryFolder();
    await using disk = await mountSmallDisk(root.path, 200_000);
    const { ref, reporter, logged } = await startReporter(disk.path);
    for (let number = 0; number < 1_000; number += 1) await reporter.report(packItems([line(kibi)]));
    const { kept, lastSequence, published } = await reporter.finish();
    await published;
    expect(kept.inMemory().length).toBeGreaterThan(1);
    for (let sequence = 1; sequence <= lastSequence; sequence += 1) {
      expect(await kept.find(sequence)).toMatchObject({ sequence });
    }
    const items = (await stream.reportsOf(ref)).flatMap((report) => report.items);
    expect(items.filter((item) => item.type === "log" && item.text.includes("could not write reports"))).toHaveLength(
      1,
    );
    expect(items).toHaveLength(1_001);
    expect(logged.filter((text) => text.includes("cannot be written to the spool"))).toHaveLength(1);
    await kept.remove();
  });

  it("limits what is in memory while nothing can be written, until the platform has stored it", async () => {
    await using root = await temporaryFolder();
    await using disk = await mountSmallDisk(root.path, 4_096);
    let isStored = false;
    const { reporter } = await startReporter(`${disk.path}/spool`, {
      reported: async ({ lastSequence }) =>
        isStored ? [] : Array.from({ length: lastSequence }, (_, index) => index + 1),
    });
    const { taken, done } = flood(reporter, 12_000);
    await until(() => (taken() > 4_000 ? true : undefined));
    let before = -1;
    await until(async () => {
      if (taken() === before) return true;
      before = taken();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return undefined;
    });
    expect(taken()).toBeLessThan(9_000);
    isStored = true;
    await done;
    const { kept } = await reporter.finish();
    await kept.remove();
  });
});
