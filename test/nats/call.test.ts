import { generateIdentity, signFrame } from "@sealrun/crypto";
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
      throw new SealrunError("LEASE_LOST", "Somebody else has it");
    },
  });
  await expect(exchange.call()).rejects.toMatchObject({ code: "LEASE_LOST", message: "Somebody else has it" });
  await service.close();
});

test("call() reports silence as what the caller calls it", async () => {
  await expect(exchange.call({ unreachable: "KEYRING_UNREACHABLE" })).rejects.toMatchObject({
    code: "KEYRING_UNREACHABLE",
  });
});

test("call() refuses a reply that somebody else signed", async () => {
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
