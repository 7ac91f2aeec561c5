import { frameDigest, generateIdentity, readUnverifiedHeader, signFrame } from "@sealrun/crypto";
import { encodeJson, SealrunError } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerer, type Exchange, openExchange, subject } from "./exchange.ts";

let exchange: Exchange;
beforeAll(async () => void (exchange = await openExchange()));
afterAll(async () => exchange.close());

test("call() gives what the peer answered", async () => {
  const service = await exchange.serve();
  expect(await exchange.call()).toEqual({ ok: true, text: "answered" });
  await service.close();
});

test("call() throws the peer's refusal with its own code", async () => {
  const service = await exchange.serve({
    handle: async () => {
      throw new SealrunError("LEASE_LOST", "Another executor has it");
    },
  });
  await expect(exchange.call()).rejects.toMatchObject({ code: "LEASE_LOST", message: "Another executor has it" });
  await service.close();
});

/** Answers each request from a machine whose clock is an hour ahead. */
async function answerFromAhead(body: object): Promise<{ unsubscribe(): void }> {
  const subscription = exchange.link.connection.subscribe(subject, {
    callback: (_, message) => {
      const time = Date.now() + 3_600_000;
      const { requestId } = readUnverifiedHeader(message.data);
      const requestDigest = frameDigest(message.data);
      const header = {
        v: 1,
        kind: "echo.reply",
        subject,
        sender: answerer.id,
        requestId,
        time,
        requestDigest,
      } as const;
      message.respond(signFrame(answerer, header, encodeJson(body)));
    },
  });
  await exchange.link.connection.flush();
  return subscription;
}

test("call() says that the clocks differ, and by how much, when a request just made is called old", async () => {
  const peer = await answerFromAhead({ ok: false, code: "EXPIRED", message: "" });
  await expect(exchange.call()).rejects.toMatchObject({
    code: "CLOCK_WRONG",
    message: expect.stringMatching(new RegExp(`^The clock of .+ is 3600 seconds behind that of ${answerer.id}; `)),
  });
  peer.unsubscribe();
});

test("call() passes EXPIRED on from a peer that has the same time: it speaks of something else", async () => {
  const service = await exchange.serve({
    handle: async () => {
      throw new SealrunError("EXPIRED", "An event is past its time");
    },
  });
  await expect(exchange.call()).rejects.toMatchObject({ code: "EXPIRED", message: "An event is past its time" });
  await service.close();
});

test("call() takes the answer to its own request whatever the time of the peer is", async () => {
  const peer = await answerFromAhead({ ok: true, text: "from the future" });
  expect(await exchange.call()).toEqual({ ok: true, text: "from the future" });
  peer.unsubscribe();
});

test("call() reports silence as what the caller calls it", async () => {
  await expect(exchange.call({ unreachable: "KEYRING_UNREACHABLE" })).rejects.toMatchObject({
    code: "KEYRING_UNREACHABLE",
  });
});

test("call() refuses a reply with a foreign signature", async () => {
  const service = await exchange.serve({ identity: generateIdentity(answerer.id) });
  await expect(exchange.call()).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
  await service.close();
});

test("call() refuses a genuine reply to another request", async () => {
  const old = signFrame(
    answerer,
    {
      v: 1,
      kind: "echo.reply",
      subject,
      sender: answerer.id,
      requestId: "req_00000000000000000001",
      time: Date.now(),
      requestDigest: "0".repeat(64),
    },
    encodeJson({ ok: true, text: "an old answer" }),
  );
  const hostile = exchange.link.connection.subscribe(subject, { callback: (_, message) => void message.respond(old) });
  await exchange.link.connection.flush();
  await expect(exchange.call()).rejects.toMatchObject({ code: "REPLAYED" });
  hostile.unsubscribe();
});

test("call() refuses a reply of another form", async () => {
  const service = await exchange.serve({ handle: async () => ({ ok: true, text: 7 }) });
  await expect(exchange.call()).rejects.toMatchObject({ code: "MALFORMED" });
  await service.close();
});
