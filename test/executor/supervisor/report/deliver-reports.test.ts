import { limits, SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { CatchUp } from "../../../../executor/src/supervisor/report/catch-up.ts";
import { deliverReports } from "../../../../executor/src/supervisor/report/deliver-reports.ts";
import { createKeptReports } from "../../../../executor/src/supervisor/report/kept-reports.ts";
import { anyAttempt, keptLog, memorySpool } from "./memory-spool.ts";

type Answer = Awaited<ReturnType<CatchUp["ask"]>>;

const waiting: Answer = { missing: [2], waitMs: 1, isHopeless: false, hasSentAgain: false };
const all: Answer = { ...waiting, missing: [] };
const month = limits.spoolAgeMs;

interface Given {
  readonly answers: readonly (Answer | Error)[];
  readonly waitMs?: number;
  readonly writtenAt?: number;
  readonly underWay?: number;
  readonly signal?: AbortSignal;
}

/** Delivers the reports of one attempt; `answers` come in this order, and one question too many is a failure. */
function deliver({
  answers,
  waitMs,
  writtenAt = Date.now(),
  underWay = 0,
  signal = new AbortController().signal,
}: Given) {
  const memory = memorySpool();
  const { log, lines } = keptLog();
  const kept = createKeptReports({ spool: { reportBytes: () => 0 }, log }, anyAttempt(), memory.spooled);
  const asked: number[] = [];
  const askedAt: number[] = [];
  const refuse = async (): Promise<never> => {
    throw new TypeError("Expected ask() only");
  };
  const catchUp: CatchUp = {
    ask: async (upTo) => {
      askedAt.push(performance.now());
      asked.push(upTo);
      const answer = answers[asked.length - 1];
      if (answer === undefined) throw new SealrunError("USAGE", "One question too many");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    take: refuse,
    makeRoom: refuse,
  };
  const reports = { kept, catchUp, lastSequence: 9, writtenAt, waitMs };
  const delivered = deliverReports({ log, underWay: () => underWay }, reports, signal);
  return { delivered, asked, askedAt, lines, done: memory.done };
}

describe("deliverReports()", () => {
  test("deliverReports() asks about all chunks until none is missing, then removes them and logs nothing", async () => {
    const { delivered, asked, lines, done } = deliver({ answers: [waiting, waiting, all] });
    expect(await delivered).toBe(true);
    expect(asked).toEqual([9, 9, 9]);
    expect(done).toEqual(["remove"]);
    expect(lines).toEqual([]);
  });

  test.each([
    ["the chunks are no longer kept", { ...waiting, isHopeless: true }],
    ["the platform has decided", new SealrunError("EXECUTION_NOT_FOUND", "")],
  ])("deliverReports() drops the reports, with a line in the log, when %s", async (_, answer) => {
    const { delivered, lines, done } = deliver({ answers: [waiting, answer] });
    expect(await delivered).toBe(true);
    expect(done).toEqual(["remove"]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("dropped");
  });

  test("deliverReports() drops reports older than the platform takes, once it has sent them again", async () => {
    const writtenAt = Date.now() - month - 1_000;
    const { delivered, asked, lines, done } = deliver({
      answers: [waiting, { ...waiting, hasSentAgain: true }],
      writtenAt,
    });
    expect(await delivered).toBe(true);
    expect(asked).toHaveLength(2);
    expect(done).toEqual(["remove"]);
    expect(lines[0]).toContain("too old");
  });

  test("deliverReports() goes on with reports that are younger, however often it sent them", async () => {
    const again = { ...waiting, hasSentAgain: true };
    const writtenAt = Date.now() - month + 600_000;
    const { delivered, lines } = deliver({ answers: [again, again, again, all], writtenAt });
    expect(await delivered).toBe(true);
    expect(lines).toEqual([]);
  });

  test("deliverReports() asks again after failures that may pass, with pauses that double", async () => {
    const away = new SealrunError("PLATFORM_UNREACHABLE", "");
    const answers = [away, new SealrunError("EXPIRED", ""), new TypeError("a bug"), all];
    const { delivered, askedAt, lines, done } = deliver({ answers, waitMs: 10 });
    expect(await delivered).toBe(true);
    const pauses = askedAt.slice(1).map((at, index) => at - (askedAt[index] ?? at));
    // A timer may fire up to 1 ms early by this clock.
    for (const [index, leastMs] of [20, 40, 80].entries()) expect(pauses[index]).toBeGreaterThanOrEqual(leastMs - 1);
    expect(done).toEqual(["remove"]);
    expect(lines).toEqual([]);
  });

  test("deliverReports() waits before its first question when the platform has answered before", async () => {
    const startedAt = performance.now();
    const { delivered, askedAt } = deliver({ answers: [all], waitMs: 40 });
    await delivered;
    expect((askedAt[0] ?? 0) - startedAt).toBeGreaterThanOrEqual(39);
  });

  test("deliverReports() asks less often the more attempts are under way", async () => {
    const { delivered, askedAt } = deliver({ answers: [waiting, all], underWay: 3 });
    await delivered;
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(299);
  });

  test("deliverReports() asks nothing once its signal has aborted, and keeps everything", async () => {
    const { delivered, asked, done } = deliver({ answers: [], signal: AbortSignal.abort() });
    expect(await delivered).toBe(false);
    expect(asked).toEqual([]);
    expect(done).toEqual([]);
  });

  test("deliverReports() ends a pause when its signal aborts, and keeps everything", async () => {
    const signal = AbortSignal.timeout(20);
    const { delivered, asked, done } = deliver({ answers: [{ ...waiting, waitMs: 600_000 }], signal });
    expect(await delivered).toBe(false);
    expect(asked).toHaveLength(1);
    expect(done).toEqual([]);
  });
});
