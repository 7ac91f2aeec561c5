import { setTimeout as sleep } from "node:timers/promises";
import { generateIdentity, newId, signFrame } from "@sealrun/crypto";
import { start } from "@sealrun/platform";
import { openDatabase } from "@sealrun/postgres";
import {
  encodeJson,
  type ExecutionEvent,
  executionId,
  executorId,
  grantBytes,
  limits,
  projectId,
  rpcRefusal,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFrame } from "@sealrun/crypto";
import { z } from "zod";
import { answerClaim } from "../../../packages/platform/src/rpc/claim.ts";
import { openEventSecret } from "../../../executor/src/worker/secrets/open-secret.ts";
import { send } from "../../support/api.ts";
import { openCountedDeps } from "../../support/counted-deps.ts";
import { codeOf, until } from "../../support/executions-world.ts";
import { connectPeer, enrolPeer, type PeerAttempt } from "../../support/executor-peer.ts";
import { startTwoExecutorsWorld, type TwoExecutorsWorld } from "../../support/two-executors-world.ts";

let world: TwoExecutorsWorld;
beforeAll(async () => {
  world = await startTwoExecutorsWorld();
});
afterAll(async () => {
  await world.close();
});

/** The next event of this execution; events that earlier tests left are skipped. */
async function takeOf(id: string): Promise<ExecutionEvent> {
  for (;;) {
    const { event, message } = await world.peer.take();
    message.done();
    if (event.executionId === id) return event;
  }
}

const take = async (): Promise<ExecutionEvent> => world.take("report");

describe("answerClaim()", () => {
  test("answerClaim() refuses an execution that waits for another pool, and leaves it to that one", async () => {
    const stranger = await enrolPeer(world.platform, { pool: "elsewhere" });
    const event = await take();
    expect(await codeOf(stranger.claim(event))).toBe("CLAIM_REFUSED");
    expect(await world.peer.claim(event)).toMatchObject({ ref: { attempt: 1 } });
    await stranger.close();
  });

  test("answerClaim() refuses a network that the executor does not enforce, and offers it again after a while", async () => {
    const strict = await enrolPeer(world.platform, { networkForms: ["host", "none"] });
    await strict.rpc.presence({ slots: 1, running: 0, draining: false, networkForms: ["host", "none"] });
    await world.push("closed", { "main.sh": "true\n", "manifest.json": '{"network": "none"}' });
    const event = await world.take("closed");
    expect(event.network).toBe("none");
    expect(await codeOf(world.peer.claim(event))).toBe("NETWORK_NOT_ENFORCED");
    const refusal = `Executor ${world.peer.state.identity.id} refused it (This executor does not offer the network "none"`;
    expect((await world.show(event.executionId)).waiting).toContain(refusal);
    const delayed = "update outbox set not_before = clock_timestamp() where execution_id = $1";
    await world.database.run(delayed, [event.executionId]);
    const again = await takeOf(event.executionId);
    expect(again.generation).toBe(event.generation + 1);
    expect(await strict.claim(again)).toMatchObject({ ref: { attempt: 1 } });
    await strict.close();
  });

  test("answerClaim() gives a grant that opens the event's secrets, and the execution runs", async () => {
    const event = await world.take("report");
    const attempt = await world.peer.claim(event);
    const [secret] = event.secrets;
    if (secret === undefined) throw new TypeError("the event has no secret");
    expect(await openEventSecret(attempt.worker, secret)).toEqual({
      value: "canary-of-the-service",
      scope: "service",
      version: 1,
    });
    expect(await world.show(event.executionId)).toMatchObject({
      status: "running",
      attempt: 1,
      executor: world.peer.state.identity.id,
    });
  });

  test("answerClaim() gives the same claim, sent again, the same attempt", async () => {
    const event = await world.take("report");
    const requestId = newId("request");
    const first = await world.peer.claim(event, requestId);
    const again = await world.peer.claim(event, requestId);
    expect(again.ref).toEqual(first.ref);
    expect((await world.show(event.executionId)).attempt).toBe(1);
  });

  test("answerClaim() refuses every other claim of an execution that runs", async () => {
    const event = await world.take("report");
    await world.peer.claim(event);
    expect(await codeOf(world.peer.claim(event))).toBe("CLAIM_REFUSED");
    expect(await codeOf(world.other.claim(event))).toBe("CLAIM_REFUSED");
    expect((await world.show(event.executionId)).executor).toBe(world.peer.state.identity.id);
  });

  test("answerClaim() gives the execution to one of many concurrent claims", async () => {
    const event = await world.take("report");
    const claims = Array.from({ length: 12 }, async (_, index) =>
      (index % 2 === 0 ? world.peer : world.other).claim(event).then(
        () => "granted",
        () => "refused",
      ),
    );
    const outcomes = await Promise.all(claims);
    expect(outcomes.filter((outcome) => outcome === "granted")).toHaveLength(1);
  });

  test("answerClaim() refuses an event of another generation than the newest", async () => {
    const event = await world.take("report");
    expect(await codeOf(world.peer.claim({ ...event, generation: 2 }))).toBe("CLAIM_REFUSED");
    expect((await world.show(event.executionId)).status).toBe("queued");
  });

  test("answerClaim() refuses an event past its expiry", async () => {
    const event = await world.take("report");
    await world.database.run(
      "update executions set event_expires_at = clock_timestamp() - interval '1 ms' where id = $1",
      [event.executionId],
    );
    expect(["EXPIRED", "CLAIM_REFUSED"]).toContain(await codeOf(world.peer.claim(event)));
    expect((await world.show(event.executionId)).status).toBe("queued");
  });

  test("answerClaim() refuses an executor that is not enrolled", async () => {
    const event = await world.take("report");
    const stranger = await connectPeer({ ...world.other.state, identity: generateIdentity(newId("executor")) });
    expect(await codeOf(stranger.claim(event))).toBe("NOT_ENROLLED");
    await stranger.close();
  });

  test("answerClaim() refuses a claim signed with another key than the executor's", async () => {
    const event = await world.take("report");
    const forged = { ...generateIdentity(world.peer.state.identity.id), id: world.peer.state.identity.id };
    const forger = await connectPeer({ ...world.other.state, identity: forged });
    expect(await codeOf(forger.claim(event))).toBe("BAD_SIGNATURE");
    await forger.close();
  });

  test("answerClaim() queues an execution again when the keyring refuses the executor's project", async () => {
    const elsewhere = projectId.parse(newId("project"));
    const bound = await enrolPeer(world.platform, { projects: [elsewhere] });
    const event = await world.take("report");
    expect(await codeOf(bound.claim(event))).toBe("NOT_ENROLLED");
    const waiting: unknown = expect.stringContaining("The keyring refused it");
    expect(await world.show(event.executionId)).toMatchObject({ status: "queued", executor: null, waiting });
    // Meanwhile it uses no capacity, and its event is out of the queue.
    expect(await codeOf(world.peer.claim(event))).toBe("EXPIRED");
    await world.database.run("update outbox set is_due = true where execution_id = $1", [event.executionId]);
    const again = await takeOf(event.executionId);
    // Each refusal doubles the delay.
    expect(await codeOf(bound.claim(again))).toBe("NOT_ENROLLED");
    const rarer = "select from outbox where execution_id = $1 and not_before > clock_timestamp() + interval '11 s'";
    expect(await world.database.run(rarer, [event.executionId])).toBe(1);
    expect((await world.show(event.executionId)).waiting).toContain("enrol one in its pool that may");
    await world.database.run("update outbox set is_due = true where execution_id = $1", [event.executionId]);
    const attempt = await world.peer.claim(await takeOf(event.executionId));
    expect(attempt.ref.attempt).toBe(3);
    expect((await world.show(event.executionId)).attempts).toMatchObject([
      { attempt: 1, end: "given-back" },
      { attempt: 2, end: "given-back" },
      { attempt: 3, end: null },
    ]);
    await bound.close();
  });

  test("answerClaim() gives the same attempt when two platforms answer one claim", async () => {
    const event = await world.take("report");
    const beside = await start(world.platform.config, { log: pino({ level: "silent" }) });
    const requestId = newId("request");
    // Frames of one millisecond are the same bytes, and the second of them is refused as a replay.
    const claims: Promise<PeerAttempt>[] = [];
    for (let tried = 0; tried < 6; tried += 1) {
      claims.push(world.peer.claim(event, requestId));
      await sleep(5);
    }
    const answers = await Promise.all(claims);
    expect(answers.map(({ ref }) => ref.attempt)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await world.show(event.executionId)).toMatchObject({
      status: "running",
      attempts: [{ attempt: 1, end: null }],
    });
    await beside.close();
  });

  test("answerClaim() keeps an attempt that has its grant when the keyring then refuses the same claim", async () => {
    const event = await world.take("report");
    const requestId = newId("request");
    const { ref } = await world.peer.claim(event, requestId);
    const keys = await openDatabase({ config: world.platform.keyringConfig.postgres, applicationName: "test" });
    await keys.run("update grants set ended_at = clock_timestamp() where execution_id = $1", [ref.executionId]);
    await keys.close();
    expect(await codeOf(world.peer.claim(event, requestId))).toBe("NO_GRANT");
    expect(await world.show(event.executionId)).toMatchObject({ status: "running", attempts: [{ end: null }] });
  });

  test("answerClaim() never gives out a lost attempt again", async () => {
    await world.push("again", { "main.sh": "true\n", "manifest.json": '{"on_lost":"rerun"}' });
    const event = await world.take("again");
    const requestId = newId("request");
    const { ref } = await world.peer.claim(event, requestId);
    await world.database.run(
      "update attempts set lease_until = clock_timestamp() - interval '1 ms' where execution_id = $1",
      [ref.executionId],
    );
    await until(async () => (await world.show(ref.executionId)).status === "queued");
    expect(["EXPIRED", "CLAIM_REFUSED"]).toContain(await codeOf(world.peer.claim(event, requestId)));
    expect(await world.show(ref.executionId)).toMatchObject({ status: "queued", attempts: [{ end: "lost" }] });
  });

  test("answerClaim() cancels an execution whose cancel came during the request to the keyring", async () => {
    const elsewhere = projectId.parse(newId("project"));
    const bound = await enrolPeer(world.platform, { projects: [elsewhere] });
    const event = await world.take("report");
    // The state after a cancel of the running execution, just before the keyring refuses.
    await world.database.run("update executions set cancel_requested_at = clock_timestamp() where id = $1", [
      event.executionId,
    ]);
    expect(await codeOf(bound.claim(event))).toBe("NOT_ENROLLED");
    expect(await world.show(event.executionId)).toMatchObject({
      status: "cancelled",
      error: { code: "CANCELLED" },
      attempts: [{ end: "given-back" }],
    });
    await bound.close();
  });

  test("answerClaim() refuses an execution that was cancelled while its event was published", async () => {
    const event = await world.take("report");
    await send(world.platform, "POST", `/executions/${event.executionId}/cancel`);
    expect(await codeOf(world.peer.claim(event))).toBe("CLAIM_REFUSED");
  });

  test("answerClaim() refuses a frame that was sent before, changed, or sent on another executor's subject", async () => {
    const event = await world.take("report");
    const { identity } = world.peer.state;
    const own = executorId.parse(identity.id);
    const subject = subjects.rpc(own, "claim");
    const { executionId, generation } = event;
    const body = encodeJson({ claims: [{ requestId: newId("request"), executionId, generation }] });
    const header = {
      v: 1,
      kind: "claim.request",
      subject,
      sender: own,
      requestId: newId("request"),
      time: Date.now(),
    } as const;
    const frame = signFrame(identity, header, body);
    const changed = Buffer.from(frame);
    changed[frame.length - 80] = (changed[frame.length - 80] ?? 0) ^ 1;
    expect(await rawCode(world, subject, changed)).toMatch(/BAD_SIGNATURE|MALFORMED/);
    expect(await rawCode(world, subject, frame)).toBe("granted");
    expect(await rawCode(world, subject, frame)).toBe("REPLAYED");
    const elsewhere = subjects.rpc(executorId.parse(world.other.state.identity.id), "claim");
    expect(await rawCode(world, elsewhere, signFrame(identity, { ...header, subject: elsewhere }, body))).toBe(
      "REPLAYED",
    );
    expect(await rawCode(world, subject, signFrame(identity, { ...header, time: Date.now() - 3_600_000 }, body))).toBe(
      "EXPIRED",
    );
  });

  test("answerClaim() writes each claim into the audit", async () => {
    const event = await world.take("report");
    await world.peer.claim(event);
    const row = z.object({ actor: z.string(), action: z.string() });
    const rows = await world.database.rows(row, "select actor, action from audit where object = $1 order by seq", [
      event.executionId,
    ]);
    expect(rows).toEqual([
      { actor: "admin", action: "execution.start" },
      { actor: `executor ${world.peer.state.identity.id}`, action: "execution.claim" },
    ]);
  });

  test("answerClaim() decides each claim of a request by itself", async () => {
    const [mine, theirs, old, fresh] = [await take(), await take(), await take(), await take()];
    const requestId = newId("request");
    const before = await world.peer.claim(mine, requestId);
    await world.other.claim(theirs);
    const unknown = { ...fresh, executionId: executionId.parse(newId("execution")) };
    const [again, taken, outdated, none, granted] = await world.peer.claimAll([
      { event: mine, requestId },
      ...[theirs, { ...old, generation: 2 }, unknown, fresh].map((event) => ({ event, requestId: newId("request") })),
    ]);
    expect(again).toMatchObject({ ref: before.ref });
    expect([taken, outdated, none].map((one) => (one instanceof SealrunError ? one.code : "granted"))).toEqual([
      "CLAIM_REFUSED",
      "CLAIM_REFUSED",
      "EXECUTION_NOT_FOUND",
    ]);
    expect(granted).toMatchObject({ ref: { executionId: fresh.executionId, attempt: 1 } });
    const [secret] = fresh.secrets;
    if (granted === undefined || granted instanceof SealrunError || secret === undefined)
      throw new TypeError("no grant");
    expect(await openEventSecret(granted.worker, secret)).toMatchObject({ value: "canary-of-the-service" });
    expect((await world.show(old.executionId)).status).toBe("queued");
    const row = z.object({ object: z.string(), action: z.string(), request_id: z.string().nullable() });
    const rows = await world.database.rows(
      row,
      `select object, action, request_id from audit
       where object = any ($1) and action like 'execution.claim%' order by object, seq`,
      [[mine, theirs, old, fresh].map((event) => event.executionId)],
    );
    const actionsOf = (event: ExecutionEvent) =>
      rows.filter(({ object }) => object === event.executionId).map(({ action }) => action);
    expect([mine, theirs, old, fresh].map(actionsOf)).toEqual([
      ["execution.claim", "execution.claim"],
      ["execution.claim", "execution.claim.refused"],
      ["execution.claim.refused"],
      ["execution.claim"],
    ]);
    expect(rows.filter(({ object }) => object === mine.executionId).map((one) => one.request_id)).toEqual([
      requestId,
      requestId,
    ]);
  });

  test("answerClaim() sends as many statements for eight claims as for one", async () => {
    const counted = await openCountedDeps(world.platform);
    const close = async (): Promise<void> => undefined;
    const fitness = { isAnswering: () => true, clockFault: () => undefined, onChange: () => () => undefined, close };
    const { identity } = world.peer.state;
    const id = executorId.parse(identity.id);
    const statementsFor = async (count: number): Promise<number> => {
      const claims = [];
      for (let index = 0; index < count; index += 1) {
        const event = await take();
        claims.push({ requestId: newId("request"), executionId: event.executionId, generation: event.generation });
      }
      const requestId = newId("request");
      const subject = subjects.rpc(id, "claim");
      const header = { v: 1, kind: "claim.request", subject, sender: id, requestId, time: Date.now() } as const;
      const body = encodeJson({ claims });
      const request = { executorId: id, requestId, header, body, frame: signFrame(identity, header, body) };
      counted.takeStatements();
      const reply = await answerClaim({ ...counted.deps, fitness }, request);
      expect(reply.claims.map(({ ok }) => ok)).toEqual(claims.map(() => true));
      return counted.takeStatements().length;
    };
    // A transaction of five, and one that marks what has its grant.
    expect([await statementsFor(1), await statementsFor(8)]).toEqual([6, 6]);
    await counted.close();
  });

  test("answerClaim() gives claims the same attempts when they are sent again beside others", async () => {
    const newClaim = async () => ({ event: await take(), requestId: newId("request") });
    const [one, two, three] = [await newClaim(), await newClaim(), await newClaim()];
    const refs = async (asked: readonly (typeof one)[]) =>
      (await world.peer.claimAll(asked)).map((claimed) =>
        claimed instanceof SealrunError ? claimed.code : claimed.ref,
      );
    const first = await refs([one, two]);
    expect(await refs([three, two])).toEqual([{ executionId: three.event.executionId, attempt: 1 }, first[1]]);
    expect(await refs([two, three, one])).toEqual([
      first[1],
      { executionId: three.event.executionId, attempt: 1 },
      first[0],
    ]);
    expect((await world.show(one.event.executionId)).attempts).toMatchObject([{ attempt: 1, end: null }]);
  });

  test("answerClaim() gives each execution to one of two executors that claim them all at once", async () => {
    const events: ExecutionEvent[] = [];
    while (events.length < 8) events.push(await take());
    const claimAll = async (executor: TwoExecutorsWorld["peer"], asked: readonly ExecutionEvent[]) =>
      (await executor.claimAll(asked.map((event) => ({ event, requestId: newId("request") })))).map((claimed): string =>
        claimed instanceof SealrunError ? claimed.code : claimed.ref.executionId,
      );
    // Neither waits for the other without end: both lock in the same order.
    const [mine, theirs] = await Promise.all([
      claimAll(world.peer, events),
      claimAll(world.other, events.toReversed()),
    ]);
    const ids = events.map((event) => event.executionId);
    expect([...mine, ...theirs].filter((one) => one !== "CLAIM_REFUSED").toSorted()).toEqual(ids.toSorted());
  });

  test("answerClaim() gives the same attempts when two platforms answer parts of them in any composition", async () => {
    const claims: Parameters<TwoExecutorsWorld["peer"]["claimAll"]>[0][number][] = [];
    while (claims.length < 5) claims.push({ event: await take(), requestId: newId("request") });
    const beside = await start(world.platform.config, { log: pino({ level: "silent" }) });
    const answers = await Promise.all(
      Array.from({ length: 8 }, async (_, turn) => {
        await sleep(5 * turn);
        const asked = claims.slice(turn % 3).toSorted(() => (turn % 2 === 0 ? 1 : -1));
        return world.peer.claimAll(asked);
      }),
    );
    await beside.close();
    const refs = answers.flat().map((one) => (one instanceof SealrunError ? one.code : one.ref));
    const expected = claims.map(({ event }) => ({ executionId: event.executionId, attempt: 1 }));
    for (const ref of refs) expect(expected).toContainEqual(ref);
    for (const { event } of claims) {
      expect((await world.show(event.executionId)).attempts).toMatchObject([{ attempt: 1, end: null }]);
    }
  });

  test("answerClaim() refuses what is queued while the platform is held, and not what runs", async () => {
    const [running, queued] = [await take(), await take()];
    const requestId = newId("request");
    const { ref } = await world.peer.claim(running, requestId);
    await send(world.platform, "POST", "/platform/hold");
    const [again, refused] = await world.peer.claimAll([
      { event: running, requestId },
      { event: queued, requestId: newId("request") },
    ]);
    await send(world.platform, "POST", "/platform/resume");
    expect(again).toMatchObject({ ref });
    expect(refused).toMatchObject({ code: "CLAIM_REFUSED" });
    expect((await world.show(queued.executionId)).status).toBe("queued");
  });

  test("answerClaim() leaves for the next request what the answer has no room for", async () => {
    const claims: Parameters<TwoExecutorsWorld["peer"]["claimAll"]>[0][number][] = [];
    const fitting = Math.floor(limits.batchBytes / grantBytes(limits.grantSecrets));
    while (claims.length < fitting + 2) claims.push({ event: await take(), requestId: newId("request") });
    await world.database.run(
      `update executions set granted = (
         select json_agg(one.value) from (select granted -> 0 as value from generate_series(1, $2)) as one) where id = any ($1)`,
      [claims.map(({ event }) => event.executionId), limits.grantSecrets],
    );
    const codesOf = async (asked: typeof claims) =>
      (await world.peer.claimAll(asked)).map((one) => (one instanceof SealrunError ? one.code : one.ref.attempt));
    const first = await codesOf(claims);
    expect(first.slice(0, fitting)).toEqual(Array.from({ length: fitting }, () => 1));
    expect(first.slice(fitting)).toEqual(["RATE_LIMITED", "RATE_LIMITED"]);
    const left = claims.slice(fitting);
    expect((await world.show(left[0]?.event.executionId ?? "")).status).toBe("queued");
    expect(await codesOf(left)).toEqual([1, 1]);
  });

  // Last: it ends the keyring that the others need.
  test("answerClaim() queues an execution again when the keyring does not answer", async () => {
    const event = await world.take("report");
    await world.platform.stopKeyring();
    expect(await codeOf(world.peer.claim(event))).toBe("KEYRING_UNREACHABLE");
    await until(async () => (await world.show(event.executionId)).status === "queued");
    expect((await world.show(event.executionId)).attempts).toMatchObject([{ attempt: 1, end: "given-back" }]);
  });
});

/** The code that a frame is refused with, sent as it is. */
async function rawCode({ peer }: Pick<TwoExecutorsWorld, "peer">, subject: string, frame: Uint8Array): Promise<string> {
  const reply = await peer.link.connection.request(subject, frame, { timeout: 10_000 });
  const opened = openFrame(reply.data, {
    findKey: () => peer.state.platform.signPublic,
    expect: { kind: "claim.reply" },
    now: Date.now(),
    maxAgeMs: 60_000,
    maxSkewMs: 60_000,
  });
  const parsed = rpcRefusal.safeParse(JSON.parse(Buffer.from(opened.body).toString()));
  return parsed.success ? parsed.data.code : "granted";
}
