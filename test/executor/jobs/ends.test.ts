import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateIdentity, newId, openFrame, spoolKey } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import {
  decode,
  executionId,
  executorId,
  type FinishRequest,
  inboxPrefix,
  type Report,
  report,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnds } from "../../../executor/src/jobs/ends.ts";
import type { Reported } from "../../../executor/src/jobs/reporter.ts";
import type { Chunk } from "../../../executor/src/jobs/send-chunk.ts";
import { openSpool } from "../../../executor/src/jobs/spool.ts";
import { codeOf } from "../../support/executions-world.ts";
import { startTestNats } from "../../support/servers.ts";
import { until } from "../../support/until.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let nats: Awaited<ReturnType<typeof startTestNats>>;
let link: NatsLink;
const stored: Report[] = [];
const identity = generateIdentity(newId("executor"));
const own = executorId.parse(identity.id);
beforeAll(async () => {
  nats = await startTestNats();
  const login = { url: nats.url, ...nats.platform };
  link = await connectNats({ ...login, name: "test", inboxPrefix: inboxPrefix("platform") });
  const manager = await link.connection.jetstreamManager();
  await manager.streams.add({ name: "REPORTS", subjects: [subjects.allReports] });
  link.connection.subscribe(subjects.allReports, {
    callback: (_error, message) => {
      const opened = openFrame(message.data, {
        findKey: () => identity.signPublic,
        expect: { kind: "report", subject: subjects.reports(own) },
        now: Date.now(),
        maxAgeMs: 60_000,
        maxSkewMs: 60_000,
      });
      stored.push(decode(report, opened.body));
    },
  });
});
afterAll(async () => {
  await link.close();
  await nats.stop();
});

const newEnd = (): FinishRequest => ({
  executionId: executionId.parse(newId("execution")),
  attempt: 1,
  status: "succeeded",
  lastSequence: 2,
});
const chunk = (sequence: number): Chunk => ({
  sequence,
  items: [{ type: "log", step: 0, stream: "stdout", text: `line ${sequence}`, time: 1 }],
});
const reported = (unstored: readonly Chunk[] = []): Reported => ({
  lastSequence: 2,
  unstored: () => unstored,
  stored: Promise.resolve(),
  find: chunk,
});
const sequencesOf = (end: FinishRequest): readonly number[] =>
  stored.filter((given) => given.executionId === end.executionId).map(({ sequence }) => sequence);

/** Ends whose platform answers from a list, one after the other; the last answer is repeated. */
function startEnds(folder: string, answers: readonly (SealrunError | readonly number[])[]) {
  const asked: FinishRequest[] = [];
  const logged: string[] = [];
  const giveUp = new AbortController();
  const spool = openSpool({ folder, key: spoolKey(identity), executorId: identity.id });
  const finish = async (end: FinishRequest): Promise<readonly number[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(end);
    if (answer instanceof SealrunError) throw answer;
    return answer;
  };
  const log = pino({ level: "info" }, { write: (line: string) => void logged.push(line) });
  const ends = createEnds({ link, identity, rpc: { finish }, spool, log, giveUp: giveUp.signal });
  return { ends, spool, asked, logged, giveUp };
}

const away = new SealrunError("PLATFORM_UNREACHABLE", "");
const lost = new SealrunError("LEASE_LOST", "");

describe("createEnds()", () => {
  it("keeps an end on disk while the platform is away, and empties the spool once it was told", async () => {
    await using root = await temporaryFolder();
    const { ends, spool, asked } = startEnds(root.path, [away, away, []]);
    const end = newEnd();
    const empty = await ends.deliver(end, reported());
    expect(asked).toEqual([end, end, end]);
    expect(await spool.list()).toHaveLength(1);
    await empty();
    expect(await spool.list()).toEqual([]);
  });

  it("drops an end that does not count any more, from the spool too", async () => {
    await using root = await temporaryFolder();
    const { ends, spool } = startEnds(root.path, [lost]);
    expect(await codeOf(ends.deliver(newEnd(), reported()))).toBe("LEASE_LOST");
    expect(await spool.list()).toEqual([]);
  });

  it("gives up when it has to, and the next process tells the end and its chunks", async () => {
    await using root = await temporaryFolder();
    const first = startEnds(root.path, [away]);
    const end = newEnd();
    first.giveUp.abort();
    expect(await codeOf(first.ends.deliver(end, reported([chunk(2)])))).toBe("PLATFORM_UNREACHABLE");
    const next = startEnds(root.path, [[]]);
    await next.ends.deliverLeft();
    expect(next.asked).toEqual([end]);
    expect(await until(() => (sequencesOf(end).length > 0 ? sequencesOf(end) : undefined))).toEqual([2]);
    expect(await next.spool.list()).toEqual([]);
  });

  it("logs and removes an end of an earlier process that does not count any more, and one that cannot be read", async () => {
    await using root = await temporaryFolder();
    const first = startEnds(root.path, [away]);
    first.giveUp.abort();
    await codeOf(first.ends.deliver(newEnd(), reported()));
    const other = openSpool({
      folder: root.path,
      key: spoolKey(generateIdentity("exr_other")),
      executorId: "exr_other",
    });
    await other.write({ finish: newEnd(), chunks: [] });
    const next = startEnds(root.path, [lost]);
    await next.ends.deliverLeft();
    expect(await next.spool.list()).toEqual([]);
    expect(next.logged.join("")).toContain("LEASE_LOST");
    expect(next.logged.join("")).toContain("WRONG_KEY_OR_CONTEXT");
  });

  it("leaves an end in the spool that still could not be told", async () => {
    await using root = await temporaryFolder();
    const first = startEnds(root.path, [away]);
    first.giveUp.abort();
    await codeOf(first.ends.deliver(newEnd(), reported()));
    const next = startEnds(root.path, [away]);
    next.giveUp.abort();
    await next.ends.deliverLeft();
    expect(await next.spool.list()).toHaveLength(1);
  });

  it("tells an end from memory when the disk takes nothing", async () => {
    await using root = await temporaryFolder();
    await writeFile(join(root.path, "file"), "");
    const { ends, asked, logged } = startEnds(join(root.path, "file", "spool"), [away, []]);
    const empty = await ends.deliver(newEnd(), reported());
    await empty();
    expect(asked).toHaveLength(2);
    expect(logged.join("")).toContain("it is in memory alone");
  });

  it("sends chunks again that the platform misses, until it misses none", async () => {
    await using root = await temporaryFolder();
    const { ends, asked } = startEnds(root.path, [[1, 2], [2], []]);
    const end = newEnd();
    await (
      await ends.deliver(end, reported())
    )();
    await until(() => (asked.length >= 3 ? true : undefined));
    expect(sequencesOf(end)).toEqual([2]);
    await ends.close();
  });

  it("waits out an answer that speaks of a bug, and not for ever", async () => {
    await using root = await temporaryFolder();
    const { ends, asked } = startEnds(root.path, [new SealrunError("INTERNAL", ""), []]);
    await ends.deliver(newEnd(), reported());
    expect(asked).toHaveLength(2);
  });
});
