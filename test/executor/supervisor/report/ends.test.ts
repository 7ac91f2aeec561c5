import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, spoolKey } from "@sealrun/crypto";
import { limits, type ReportItem, SealrunError, type SentEnd, type AttemptRef } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnds } from "../../../../executor/src/supervisor/report/ends.ts";
import type { Reported } from "../../../../executor/src/supervisor/report/reporter.ts";
import { type Chunk, firstId, sendChunk } from "../../../../executor/src/supervisor/report/send-chunk.ts";
import { openSpool } from "../../../../executor/src/supervisor/report/spool.ts";
import { codeOf } from "../../../support/executions-world.ts";
import { chunkOf } from "../../../support/report-chunks.ts";
import { newAttemptRef, type ReportsStream, startReportsStream } from "../../../support/reports-stream.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

let stream: ReportsStream;
beforeAll(async () => {
  stream = await startReportsStream();
});
afterAll(async () => stream.close());

type Answer = SealrunError | readonly number[] | "what the stream has";
const endOf = (ref: AttemptRef, lastSequence = 2): SentEnd => ({ ...ref, status: "succeeded", lastSequence });
const itemsOf = (sequence: number): readonly ReportItem[] => [
  { type: "log", step: 0, stream: "stdout", text: `line ${sequence}`, time: 1 },
];
const chunk = (sequence: number): Chunk => chunkOf(sequence, itemsOf(sequence));
/** A chunk as the end of its attempt brings it. */
const sent = (sequence: number) => ({ sequence, items: JSON.stringify(itemsOf(sequence)) });

/** Ends whose platform answers from lists, in order; the last answer is repeated. */
function startEnds(folder: string, answers: readonly Answer[], reported: readonly Answer[] = ["what the stream has"]) {
  const { identity, platform, link } = stream;
  const asked: SentEnd[] = [];
  const askedReported: number[] = [];
  const logged: string[] = [];
  const giveUp = new AbortController();
  const spool = openSpool({ folder, key: spoolKey(identity), executorId: identity.id });
  const answer = async (given: Answer = [], of: AttemptRef & { readonly lastSequence: number }) => {
    if (given instanceof SealrunError) throw given;
    return given === "what the stream has" ? stream.missingOf(of) : given;
  };
  const rpc = {
    finish: async (end: SentEnd) => {
      asked.push(end);
      return answer(answers[Math.min(asked.length, answers.length) - 1], end);
    },
    reported: async (of: AttemptRef & { readonly lastSequence: number }) => {
      askedReported.push(of.lastSequence);
      return answer(reported[Math.min(askedReported.length, reported.length) - 1], of);
    },
  };
  const log = pino({ level: "info" }, { write: (line: string) => void logged.push(line) });
  const ends = createEnds({ link, identity, platform, rpc, spool, log, giveUp: giveUp.signal });
  /** A run that reported these chunks; none of them is in the stream. */
  const report = async (ref: AttemptRef, sequences: readonly number[] = [1, 2]): Promise<Reported> => {
    const reports = await ends.open(ref);
    for (const sequence of sequences) await reports.kept.keep(chunk(sequence));
    await reports.kept.close();
    return { ...reports, lastSequence: sequences.at(-1) ?? 0, steps: [], published: Promise.resolve() };
  };
  const files = async (): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const emptied = async () => until(async () => ((await files()).length === 0 ? true : undefined));
  return { ends, spool, asked, askedReported, logged, giveUp, report, files, emptied };
}

/** Leaves an attempt as a killed process leaves it. */
async function leave(folder: string, ref: AttemptRef, options: { readonly hasEnd: boolean }): Promise<void> {
  const { ends, report, giveUp } = startEnds(folder, [away]);
  const reported = await report(ref);
  giveUp.abort();
  if (options.hasEnd) await codeOf(ends.deliver(endOf(ref), reported));
  await ends.close();
}

const away = new SealrunError("PLATFORM_UNREACHABLE", "");
const lost = new SealrunError("LEASE_LOST", "");
const expired = new SealrunError("EXPIRED", "");

describe.concurrent("createEnds().deliver()", () => {
  it("keeps an end and its reports on disk while the platform is away, and empties the spool once all is stored", async () => {
    await using root = await temporaryFolder();
    const { ends, asked, askedReported, files, report } = startEnds(root.path, [away, away, []]);
    const ref = newAttemptRef();
    const empty = await ends.deliver(endOf(ref), await report(ref));
    expect(asked).toEqual([endOf(ref), endOf(ref), endOf(ref)]);
    expect(await files()).toHaveLength(2);
    await empty();
    expect(await files()).toEqual([]);
    expect(askedReported).toEqual([]);
  });

  it("sends missing chunks again under a fresh id: the stream stores them although it has seen the first", async () => {
    await using root = await temporaryFolder();
    const { ends, files, logged, report, emptied } = startEnds(root.path, ["what the stream has"]);
    const ref = newAttemptRef();
    const reported = await report(ref);
    for (const sequence of [1, 2]) {
      expect(await sendChunk(stream, ref, chunk(sequence), firstId(ref, chunk(sequence)))).toBe(true);
    }
    await stream.lose(ref);
    // The server answers "duplicate" to the first id, and stores nothing.
    expect(await sendChunk(stream, ref, chunk(1), firstId(ref, chunk(1)))).toBe(true);
    expect(await stream.sequencesOf(ref)).toEqual([]);
    const empty = await ends.deliver(endOf(ref), reported);
    await empty();
    expect(await files()).toHaveLength(2);
    await emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect(logged.join("")).toContain("2 report chunks are sent again");
  });

  it("sends nothing again while the missing chunks arrive by themselves", async () => {
    await using root = await temporaryFolder();
    const { ends, askedReported, logged, report, emptied } = startEnds(root.path, [[1, 2]], [[2], []]);
    const ref = newAttemptRef();
    await ends.deliver(endOf(ref), await report(ref));
    await emptied();
    expect(askedReported).toEqual([2, 2]);
    expect(await stream.sequencesOf(ref)).toEqual([]);
    expect(logged.join("")).not.toContain("sent again");
  });

  it("drops an end that no longer counts, and delivers its reports", async () => {
    await using root = await temporaryFolder();
    const { ends, emptied, report } = startEnds(root.path, [lost]);
    const ref = newAttemptRef();
    expect(await codeOf(ends.deliver(endOf(ref), await report(ref)))).toBe("LEASE_LOST");
    await emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
  });

  it("sends an end again that is refused as expired: a clock is wrong", async () => {
    await using root = await temporaryFolder();
    const { ends, asked, logged, report } = startEnds(root.path, [expired, expired, []]);
    const ref = newAttemptRef();
    await (
      await ends.deliver(endOf(ref), await report(ref))
    )();
    expect(asked).toHaveLength(3);
    expect(logged.filter((line) => line.includes("check both clocks"))).toHaveLength(1);
  });

  it("leaves an end that is refused as expired in the spool when it has to give up", async () => {
    await using root = await temporaryFolder();
    const { ends, files, giveUp, report } = startEnds(root.path, [expired]);
    const ref = newAttemptRef();
    const reported = await report(ref);
    giveUp.abort();
    expect(await codeOf(ends.deliver(endOf(ref), reported))).toBe("PLATFORM_UNREACHABLE");
    await ends.close();
    expect(await files()).toHaveLength(2);
  });

  it("keeps end and reports in memory when the disk is full, until the platform has all", async () => {
    await using root = await temporaryFolder();
    await writeFile(join(root.path, "file"), "");
    const { ends, asked, logged, report } = startEnds(join(root.path, "file", "spool"), [away, [1, 2]]);
    const ref = newAttemptRef();
    await (
      await ends.deliver(endOf(ref), await report(ref))
    )();
    expect(asked).toHaveLength(2);
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect(logged.join("")).toContain("Reports of a run cannot be written to the spool. They are in memory only");
    expect(logged.join("")).toContain("It is in memory only");
  });

  it("retries after an answer that comes from a bug, and gives up in the end", async () => {
    await using root = await temporaryFolder();
    const { ends, asked, report } = startEnds(root.path, [new SealrunError("INTERNAL", ""), []]);
    const ref = newAttemptRef();
    await ends.deliver(endOf(ref), await report(ref));
    expect(asked).toHaveLength(2);
  });
});

describe.concurrent("createEnds().deliver() with a last chunk", () => {
  /** A run whose last chunk waits for its end; the platform has those before it. */
  const hold = async ({ ends }: ReturnType<typeof startEnds>, ref: AttemptRef, last: Chunk): Promise<Reported> => {
    const reports = await ends.open(ref);
    reports.kept.hold(last);
    return { ...reports, lastSequence: last.sequence, steps: [], last, published: Promise.resolve() };
  };

  it("sends it with the end, and asks nothing about it", async () => {
    await using root = await temporaryFolder();
    const world = startEnds(root.path, [away, []]);
    const ref = newAttemptRef();
    const empty = await world.ends.deliver(endOf(ref), await hold(world, ref, chunk(2)));
    expect(world.asked).toEqual([1, 2].map(() => ({ ...endOf(ref), report: sent(2) })));
    // The file of the end has it too.
    expect(await world.files()).toEqual([`${ref.executionId}.1.end`]);
    await empty();
    expect([await world.files(), world.askedReported, await stream.sequencesOf(ref)]).toEqual([[], [], []]);
  });

  it("sends it by itself before the end when both do not fit into one message", async () => {
    await using root = await temporaryFolder();
    const world = startEnds(root.path, ["what the stream has"]);
    const ref = newAttemptRef();
    const text = "x".repeat(limits.finishBytes);
    const large = chunkOf(1, [{ type: "log", step: 0, stream: "stdout", text, time: 1 }]);
    const empty = await world.ends.deliver(endOf(ref, 1), await hold(world, ref, large));
    expect(world.asked).toEqual([endOf(ref, 1)]);
    expect(await stream.sequencesOf(ref)).toEqual([1]);
    await empty();
    expect(await world.files()).toEqual([]);
  });

  it("sends it again as a report when the platform could not store it with the end", async () => {
    await using root = await temporaryFolder();
    const world = startEnds(root.path, [[2]]);
    const ref = newAttemptRef();
    const reported = await hold(world, ref, chunk(2));
    await sendChunk(stream, ref, chunk(1), firstId(ref, chunk(1)));
    await (
      await world.ends.deliver(endOf(ref), reported)
    )();
    await world.emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
  });

  it("sends it with the end that an earlier process left", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    const first = startEnds(root.path, [away]);
    const reported = await hold(first, ref, chunk(2));
    first.giveUp.abort();
    await codeOf(first.ends.deliver(endOf(ref), reported));
    await first.ends.close();
    const next = startEnds(root.path, [[]], [[]]);
    await next.ends.deliverLeft();
    await next.emptied();
    expect(next.asked).toEqual([{ ...endOf(ref), report: sent(2) }]);
  });
});

describe.concurrent("createEnds().deliverReports()", () => {
  it("delivers the reports of a run that has no end", async () => {
    await using root = await temporaryFolder();
    const { ends, asked, emptied, report } = startEnds(root.path, []);
    const ref = newAttemptRef();
    ends.deliverReports(await report(ref));
    await emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect(asked).toEqual([]);
  });
});

describe.concurrent("createEnds().deliverLeft()", () => {
  it("sends the end of an earlier process's run, and delivers its reports", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    await leave(root.path, ref, { hasEnd: true });
    const next = startEnds(root.path, ["what the stream has"]);
    await next.ends.deliverLeft();
    expect(next.asked).toEqual([endOf(ref)]);
    await next.emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
  });

  it("delivers the reports of a run that was killed before its end", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    await leave(root.path, ref, { hasEnd: false });
    const next = startEnds(root.path, []);
    await next.ends.deliverLeft();
    await next.emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect([next.asked, next.askedReported[0]]).toEqual([[], 2]);
  });

  it("leaves in the spool what could not be sent or stored, for the next start", async () => {
    await using root = await temporaryFolder();
    await leave(root.path, newAttemptRef(), { hasEnd: true });
    await leave(root.path, newAttemptRef(), { hasEnd: false });
    const next = startEnds(root.path, [away], [away]);
    next.giveUp.abort();
    await next.ends.deliverLeft();
    await next.ends.close();
    expect(await next.files()).toHaveLength(3);
  });

  it("logs and removes what the platform refuses finally, and an end that cannot be read", async () => {
    await using root = await temporaryFolder();
    await leave(root.path, newAttemptRef(), { hasEnd: true });
    await leave(root.path, newAttemptRef(), { hasEnd: false });
    const other = openSpool({
      folder: root.path,
      key: spoolKey(generateIdentity("exr_other")),
      executorId: "exr_other",
    });
    await other.write({ finish: endOf(newAttemptRef()), chunks: [] });
    const next = startEnds(root.path, [lost], [lost]);
    await next.ends.deliverLeft();
    await next.emptied();
    expect(next.logged.join("")).toContain("The end of an earlier run does not count");
    expect(next.logged.filter((line) => line.includes("Reports of a run are dropped"))).toHaveLength(3);
    expect(next.logged.join("")).toContain("WRONG_KEY_OR_CONTEXT");
  });

  it("removes reports that are too old for the platform, once it did not accept them", async () => {
    await using root = await temporaryFolder();
    await leave(root.path, newAttemptRef(), { hasEnd: false });
    const [name = ""] = await readdir(root.path);
    const longAgo = (Date.now() - limits.spoolAgeMs - 60_000) / 1_000;
    await utimes(join(root.path, name), longAgo, longAgo);
    const next = startEnds(root.path, [], [[1, 2]]);
    await next.ends.deliverLeft();
    await next.emptied();
    expect(next.logged.join("")).toContain("they are too old for the platform to take");
  });

  it("gives up on chunks that the spool does not have", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    await leave(root.path, ref, { hasEnd: false });
    const next = startEnds(root.path, ["what the stream has"]);
    await next.spool.write({ finish: endOf(ref, 3), chunks: [] });
    await next.ends.deliverLeft();
    await next.emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
    expect(next.logged.join("")).toContain("the spool no longer holds what is missing");
  });

  it("delivers chunks that an earlier release kept in the end's file", async () => {
    await using root = await temporaryFolder();
    const ref = newAttemptRef();
    const next = startEnds(root.path, ["what the stream has"]);
    await next.spool.write({ finish: endOf(ref), chunks: [chunk(1), chunk(2)] });
    await next.ends.deliverLeft();
    await next.emptied();
    expect(await stream.sequencesOf(ref)).toEqual([1, 2]);
  });

  it("does not touch a run of this process", async () => {
    await using root = await temporaryFolder();
    const { ends, askedReported, files, report } = startEnds(root.path, []);
    await report(newAttemptRef());
    await ends.deliverLeft();
    expect([askedReported, (await files()).length]).toEqual([[], 1]);
    await ends.close();
  });
});
