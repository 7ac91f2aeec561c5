import { generateIdentity } from "@sealrun/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asker, type Exchange, openExchange, subject } from "./exchange.ts";

let exchange: Exchange;
beforeAll(async () => void (exchange = await openExchange()));
afterAll(async () => exchange.close());

test("serve() hands the request over as it was signed", async () => {
  const service = await exchange.serve({
    handle: async ({ header, body }) => ({ ok: true, text: `${header.sender} ${Buffer.from(body).toString()}` }),
  });
  expect(await exchange.call({ body: { question: "?" } })).toEqual({ ok: true, text: `${asker.id} {"question":"?"}` });
  await service.close();
});

test("serve() refuses a sender that is not known here", async () => {
  const service = await exchange.serve();
  const stranger = generateIdentity("exr_00000000000000000002");
  await expect(exchange.call({ identity: stranger })).rejects.toMatchObject({ code: "UNKNOWN_SENDER" });
  await service.close();
});

test("serve() refuses another's signature under a known name", async () => {
  const service = await exchange.serve();
  await expect(exchange.call({ identity: generateIdentity(asker.id) })).rejects.toMatchObject({
    code: "BAD_SIGNATURE",
  });
  await service.close();
});

test("serve() refuses a frame that it has seen, and answers the same request id in a new one", async () => {
  const asked: string[] = [];
  const frames: Uint8Array[] = [];
  const service = await exchange.serve({
    handle: async ({ header, frame }) => {
      asked.push(header.requestId);
      frames.push(frame);
      return { ok: true, text: "answered" };
    },
  });
  const requestId = "req_00000000000000000007";
  await exchange.call({ requestId });
  const replayed = await exchange.link.connection.request(subject, frames[0], { timeout: 5_000 });
  expect(Buffer.from(replayed.data).toString("latin1")).toContain('"code":"REPLAYED"');
  await exchange.call({ requestId });
  expect(asked).toEqual([requestId, requestId]);
  await service.close();
});

test("serve() answers garbage with a refusal and goes on", async () => {
  const service = await exchange.serve();
  const reply = await exchange.link.connection.request(subject, Buffer.from("not a frame"), { timeout: 5_000 });
  expect(Buffer.from(reply.data).toString("latin1")).toContain('"ok":false');
  expect(await exchange.call()).toEqual({ ok: true, text: "answered" });
  await service.close();
});

test("serve() drops a request that wants its answer anywhere but in an inbox", async () => {
  const asked: string[] = [];
  const service = await exchange.serve({
    handle: async ({ header }) => {
      asked.push(header.requestId);
      return { ok: true, text: "answered" };
    },
  });
  const heard: string[] = [];
  const elsewhere = exchange.link.connection.subscribe("sealrun.elsewhere", {
    callback: (_, message) => void heard.push(message.subject),
  });
  exchange.link.connection.publish(subject, Buffer.from("not a frame"), { reply: "sealrun.elsewhere" });
  exchange.link.connection.publish(subject, Buffer.from("not a frame"));
  await exchange.call({ requestId: "req_00000000000000000008" });
  await exchange.link.connection.flush();
  expect(heard).toEqual([]);
  expect(asked).toEqual(["req_00000000000000000008"]);
  elsewhere.unsubscribe();
  await service.close();
});

test("serve() says nothing of what broke inside, and logs it", async () => {
  const service = await exchange.serve({
    handle: async () => {
      throw new TypeError("a detail");
    },
  });
  const failure: unknown = await exchange.call().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "INTERNAL" });
  expect(String(failure)).not.toContain("a detail");
  expect(exchange.logged).toEqual(["A request failed"]);
  await service.close();
});

test("serve() answers no longer once it is closed", async () => {
  await (await exchange.serve()).close();
  await expect(exchange.call()).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
});
