import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { poolId, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type QueuedMessage, takeBatches } from "../../../../executor/src/supervisor/queue/take.ts";
import { ensurePoolConsumer, ensureStreams } from "../../../../packages/platform/src/nats/streams.ts";
import type { PasswordNats } from "../../../support/password-nats.ts";
import { startTestNats } from "../../../support/servers.ts";

let nats: PasswordNats;
let link: NatsLink;
let pool = poolId.parse(newId("pool"));
const going = new AbortController().signal;

beforeAll(async () => {
  nats = await startTestNats();
  link = await connectNats({ url: nats.url, ...nats.platform, name: "test", inboxPrefix: "_INBOX.platform" });
  await ensureStreams(link);
});
beforeEach(async () => {
  pool = poolId.parse(newId("pool"));
  await ensurePoolConsumer(link, pool);
});
afterAll(async () => {
  await link.close();
  await nats.stop();
});

async function publish(...texts: readonly string[]): Promise<void> {
  for (const text of texts) await link.connection.jetstream().publish(subjects.executions(pool), text);
}

const textsOf = (messages: readonly QueuedMessage[]): readonly string[] =>
  messages.map(({ frame }) => Buffer.from(frame).toString());

async function next(batches: AsyncGenerator<readonly QueuedMessage[], void>): Promise<readonly string[]> {
  const { value } = await batches.next();
  const messages = value ?? [];
  for (const message of messages) message.done();
  return textsOf(messages);
}

test("takeBatches() takes what waits together, and no more than asked for", async () => {
  await publish("1", "2", "3", "4");
  const batches = takeBatches(link, pool, { max: 3, signal: going });
  const taken: string[] = [];
  while (taken.length < 3) taken.push(...(await next(batches)));
  expect(taken).toEqual(["1", "2", "3"]);
  expect((await batches.next()).done).toBe(true);
  expect(await next(takeBatches(link, pool, { max: 3, signal: going }))).toEqual(["4"]);
});

test("takeBatches() gives the first message at once, and later ones of the same request as they come", async () => {
  const batches = takeBatches(link, pool, { max: 5, signal: going });
  const first = next(batches);
  await publish("1");
  expect(await first).toEqual(["1"]);
  const second = next(batches);
  await publish("2");
  expect(await second).toEqual(["2"]);
  await batches.return();
});

test("takeBatches() keeps what comes while its caller works on the messages before", async () => {
  const batches = takeBatches(link, pool, { max: 2, signal: going });
  const first = next(batches);
  await publish("1");
  expect(await first).toEqual(["1"]);
  await publish("2");
  await sleep(100);
  const { value } = await batches.next();
  expect((value ?? []).map(({ frame, delivered }) => [Buffer.from(frame).toString(), delivered])).toEqual([["2", 1]]);
  for (const message of value ?? []) message.done();
  expect((await batches.next()).done).toBe(true);
});

test("takeBatches() gives back what comes after its signal aborted", async () => {
  const stop = new AbortController();
  const batches = takeBatches(link, pool, { max: 5, signal: stop.signal });
  const taking = batches.next();
  await link.connection.flush();
  stop.abort();
  expect((await taking).done).toBe(true);
  await publish("1");
  const again = takeBatches(link, pool, { max: 1, signal: going });
  const { value } = await again.next();
  expect(textsOf(value ?? [])).toEqual(["1"]);
  for (const message of value ?? []) message.done();
});

test("takeBatches() gives back what its caller does not take", async () => {
  await publish("1", "2");
  const batches = takeBatches(link, pool, { max: 2, signal: going });
  const { value } = await batches.next();
  await batches.return();
  for (const message of value ?? []) message.giveBack(0);
  const again = new Set<string>();
  while (again.size < 2) {
    for (const text of await next(takeBatches(link, pool, { max: 2, signal: going }))) again.add(text);
  }
  expect([...again].toSorted()).toEqual(["1", "2"]);
});

test("takeBatches() ends without a message when the pool has no queue", async () => {
  const nowhere = poolId.parse(newId("pool"));
  expect((await takeBatches(link, nowhere, { max: 1, signal: going }).next()).done).toBe(true);
});
