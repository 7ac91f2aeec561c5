import { generateIdentity, type Identity, newId, openFrame, readUnverifiedHeader } from "@sealrun/crypto";
import { connectNats, type NatsLink, type Peer } from "@sealrun/nats";
import {
  decodeOfAttempt,
  decodeText,
  executionId,
  executorId,
  inboxPrefix,
  report,
  reportItem,
  type Report as ReportBody,
  reportsStream,
  subjects,
  type AttemptRef,
  type SentEnd,
} from "@sealrun/protocol";
import { z } from "zod";
import { startTestNats } from "./servers.ts";

type Report = ReportBody & AttemptRef;

/** A real stream of reports with one executor, and what a platform would know that has stored all that is in it. */
export interface ReportsStream {
  readonly link: NatsLink;
  readonly identity: Identity;
  /** Has stated no key yet: reports are signed. */
  readonly platform: Peer;
  /** Reads reports of another executor too. */
  readonly trust: (other: Identity) => void;
  /** What is in the stream now of an attempt, oldest first. */
  readonly reportsOf: (ref: AttemptRef) => Promise<readonly Report[]>;
  /** Sequences of an attempt that are in the stream now, as often as they are. */
  readonly sequencesOf: (ref: AttemptRef) => Promise<readonly number[]>;
  /** Which chunks up to the last are not in the stream. An end may bring the last one, which counts as in the stream. */
  readonly missingOf: (of: AttemptRef & Pick<SentEnd, "lastSequence" | "report">) => Promise<readonly number[]>;
  /** Loses what the stream has of an attempt; its server still knows the ids. */
  readonly lose: (ref: AttemptRef) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startReportsStream(): Promise<ReportsStream> {
  const nats = await startTestNats();
  const identity = generateIdentity(newId("executor"));
  const trusted = new Map([[identity.id, identity]]);
  const link = await connectNats({
    url: nats.url,
    ...nats.platform,
    name: "test",
    inboxPrefix: inboxPrefix("platform"),
  });
  const manager = await link.connection.jetstreamManager();
  await manager.streams.add({ name: reportsStream, subjects: [subjects.allReports] });
  const known = new Map<number, Report>();
  /** Numbers that were lost: for a while the server may still list one among its messages, and refuse to remove it again. */
  const lost = new Set<number>();
  const readOne = async (seq: number): Promise<Report | undefined> => {
    const message = await manager.streams.getMessage(reportsStream, { seq }).catch(() => undefined);
    if (message === undefined) return undefined;
    const { sender } = readUnverifiedHeader(message.data);
    const opened = openFrame(message.data, {
      findKey: () => trusted.get(sender)?.signPublic,
      expect: { kind: "report", subject: subjects.reports(executorId.parse(sender)) },
      now: Date.now(),
      maxAgeMs: 10 * 60_000,
      maxSkewMs: 60_000,
    });
    return decodeOfAttempt(report, opened);
  };
  const readAll = async () => {
    const found: { readonly seq: number; readonly report: Report }[] = [];
    const { state } = await manager.streams.info(reportsStream, { deleted_details: true });
    const deleted = new Set(state.deleted);
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
      if (deleted.has(seq) || lost.has(seq)) continue;
      const given = known.get(seq) ?? (await readOne(seq));
      if (given === undefined) continue;
      known.set(seq, given);
      found.push({ seq, report: given });
    }
    return found;
  };
  const isOf = (ref: AttemptRef) => (given: Report) =>
    given.executionId === ref.executionId && given.attempt === ref.attempt;
  const read = async (ref: AttemptRef) => (await readAll()).filter(({ report: given }) => isOf(ref)(given));
  const broughtByEnds: Report[] = [];
  const reportsOf = async (ref: AttemptRef): Promise<readonly Report[]> => [
    ...(await read(ref)).map(({ report: given }) => given),
    ...broughtByEnds.filter(isOf(ref)),
  ];
  const sequencesOf = async (ref: AttemptRef): Promise<readonly number[]> =>
    (await reportsOf(ref)).map(({ sequence }) => sequence);
  return {
    link,
    identity,
    platform: generateIdentity(newId("platform")),
    trust: (other) => void trusted.set(other.id, other),
    reportsOf,
    sequencesOf,
    missingOf: async (of) => {
      const { executionId: id, attempt, report: brought } = of;
      if (brought !== undefined) {
        const { sequence, items } = brought;
        const read = typeof items === "string" ? decodeText(z.array(reportItem), items) : items;
        broughtByEnds.push({ executionId: id, attempt, sequence, items: read });
      }
      const there = new Set(await sequencesOf(of));
      return Array.from({ length: of.lastSequence }, (_, index) => index + 1).filter((one) => !there.has(one));
    },
    lose: async (ref) => {
      for (const { seq } of await read(ref)) {
        lost.add(seq);
        await manager.streams.deleteMessage(reportsStream, seq, false);
      }
    },
    close: async () => {
      await link.close();
      await nats.stop();
    },
  };
}

/** An attempt of an execution that no other test has. */
export function newAttemptRef(): AttemptRef {
  return { executionId: executionId.parse(newId("execution")), attempt: 1 };
}
