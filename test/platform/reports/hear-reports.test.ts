import { readFile } from "node:fs/promises";
import { importIdentity, newId, signFrame } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { earlyLine, encodeJson, executorId, inboxPrefix, logPage, subjects } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kept, openKept } from "../../../packages/platform/src/cache/kept.ts";
import type { EarlyLines } from "../../../packages/platform/src/live/first-line.ts";
import { hearReports } from "../../../packages/platform/src/reports/hear-reports.ts";
import { ask } from "../../support/api.ts";
import { until } from "../../support/executions-world.ts";
import type { ExecutorPeer } from "../../support/executor-peer.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
let link: NatsLink;
let kept: Kept;
let lines: EarlyLines;
/** How many senders of reports were looked up. */
let lookedUp = 0;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
  const { nats, identityFile } = world.platform.config;
  link = await connectNats({ ...nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  kept = await openKept(world.database);
  const identity = importIdentity(await readFile(identityFile));
  const findExecutor: Kept["findExecutor"] = async (id) => kept.findExecutor(id).finally(() => (lookedUp += 1));
  lines = hearReports({ link, identity, kept: { findExecutor }, log: pino({ level: "silent" }) });
});
afterAll(async () => {
  await kept.close();
  await link.close();
  await world.close();
});

const steps = [{ position: 0, name: "main.sh" }];
const line = (text: string, step: number | null = 0) =>
  ({ type: "log", step, stream: "stdout", text, time: 1_000 }) as const;
const idOf = (peer: ExecutorPeer) => executorId.parse(peer.state.identity.id);
/** How many messages NATS has sent to the platform that listens. */
const received = async (): Promise<number> => {
  await link.connection.flush();
  return link.connection.stats().inMsgs;
};

const listLines = async (id: string) => (await ask(world.platform, logPage, ["GET", `/executions/${id}/logs`])).lines;

describe("hearReports()", () => {
  test("hearReports() gets one message for each report while an attempt is heard, and none otherwise", async () => {
    const { ref } = await world.claim("report");
    const attempt = { ...ref, executorId: idOf(world.peer), steps };
    const before = await received();
    await world.peer.report(ref, 1, [line("one")]);
    expect(await received()).toBe(before);
    const told: string[] = [];
    const stops = ["left", "right"].map((side) =>
      lines.hear(attempt, ({ sequence, line: { text } }) => told.push(`${side} ${sequence} ${text}`)),
    );
    await link.connection.flush();
    await world.peer.report(ref, 2, [line("two"), line("three")]);
    expect(await received()).toBe(before + 1);
    await until(async () => told.length === 2);
    expect(told).toEqual(["left 2 two", "right 2 two"]);
    for (const stop of stops) stop();
    await link.connection.flush();
    await world.peer.report(ref, 3, [line("four")]);
    expect(await received()).toBe(before + 1);
  });

  test("hearReports() tells a line as the feed will have it", async () => {
    const { ref } = await world.claim("report");
    const told: unknown[] = [];
    const stop = lines.hear({ ...ref, executorId: idOf(world.peer), steps }, ({ line: early }) => told.push(early));
    await link.connection.flush();
    const long = { ...line("x".repeat(200_000)), level: "info", time: Number.MAX_SAFE_INTEGER };
    await world.peer.report(ref, 1, [line("of no step", 7), long]);
    await until(async () => told.length === 1);
    stop();
    await until(async () => (await listLines(ref.executionId)).length > 0);
    const stored = (await listLines(ref.executionId)).map((shown) => earlyLine.parse(shown));
    expect(told).toEqual(stored);
  });

  test("hearReports() passes over reports that the platform refuses", async () => {
    const { ref } = await world.claim("report");
    const { ref: beside } = await world.claim("report");
    const told: string[] = [];
    const attempt = { ...ref, executorId: idOf(world.peer), steps };
    const stop = lines.hear(attempt, ({ line: { text } }) => told.push(text));
    await link.connection.flush();
    const own = subjects.reports(idOf(world.peer));
    const frame = (peer: ExecutorPeer, subject: string, text: string): Uint8Array => {
      const sender = idOf(peer);
      const header = { v: 1, kind: "report", subject, sender, requestId: newId("request"), time: Date.now() } as const;
      return signFrame(
        peer.state.identity,
        { ...header, ...ref },
        encodeJson({ ...ref, sequence: 1, items: [line(text)] }),
      );
    };
    const changed = Buffer.from(frame(world.peer, own, "changed"));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    link.connection.publish(own, changed);
    link.connection.publish(own, Buffer.from("no frame"));
    link.connection.publish(own, frame(world.other, own, "of another executor"));
    link.connection.publish(own, frame(world.peer, subjects.reports(idOf(world.other)), "for another subject"));
    await world.peer.report({ ...ref, attempt: 2 }, 1, [line("of an attempt that was never given")]);
    await world.peer.report(beside, 1, [line("of another execution")]);
    await world.peer.report(ref, 1, [line("good")]);
    await until(async () => told.length > 0);
    expect(told).toEqual(["good"]);
    stop();
  });

  test("hearReports() tells nothing of an executor that was revoked", async () => {
    const { ref } = await world.claim("report");
    const told: string[] = [];
    const stop = lines.hear({ ...ref, executorId: idOf(world.peer), steps }, ({ line: { text } }) => told.push(text));
    await link.connection.flush();
    await world.peer.report(ref, 1, [line("before")]);
    await until(async () => told.length === 1);
    await world.database.run("update executors set revoked_at = now() where id = $1", [idOf(world.peer)]);
    await until(async () => (await kept.findExecutor(idOf(world.peer))) === undefined);
    const before = lookedUp;
    await world.peer.report(ref, 2, [line("after")]);
    await until(async () => lookedUp > before);
    await world.database.run("update executors set revoked_at = null where id = $1", [idOf(world.peer)]);
    await until(async () => (await kept.findExecutor(idOf(world.peer))) !== undefined);
    await world.peer.report(ref, 3, [line("again")]);
    await until(async () => told.length === 2);
    expect(told).toEqual(["before", "again"]);
    stop();
  });
});
