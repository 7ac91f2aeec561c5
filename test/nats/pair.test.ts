import { frameDigest, generateIdentity, pairFrame, readUnverifiedHeader, signFrame, toBase64 } from "@sealrun/crypto";
import { encodeJson, type FrameHeader } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerer, asker, type Exchange, newPeer, openExchange, subject } from "./exchange.ts";

let exchange: Exchange;
beforeAll(async () => void (exchange = await openExchange()));
afterAll(async () => exchange.close());

const findBox = ({ sender }: FrameHeader) => (sender === asker.id ? asker.box.publicKey : undefined);

/** How the frames on a subject prove their senders, in their order. */
function proofsOn(pattern: string): { readonly proofs: string[]; readonly close: () => Promise<void> } {
  const proofs: string[] = [];
  const subscription = exchange.link.connection.subscribe(pattern, {
    callback: (_, message) => {
      if (message.data.length > 0) proofs.push(readUnverifiedHeader(message.data).proof ?? "signature");
    },
  });
  return {
    proofs,
    close: async () => {
      await exchange.link.connection.flush();
      subscription.unsubscribe();
    },
  };
}

test("call() signs each request, and serve() signs only the first reply to a peer", async () => {
  const requests = proofsOn(subject);
  const replies = proofsOn("_INBOX.asker.>");
  const service = await exchange.serve();
  const peer = newPeer();
  for (let asked = 0; asked < 3; asked += 1) await exchange.call({ peer });
  await Promise.all([requests.close(), replies.close()]);
  expect(requests.proofs).toEqual(["signature", "signature", "signature"]);
  expect(replies.proofs).toEqual(["signature", "pair", "pair"]);
  await service.close();
});

test("call() signs only the first request to a peer that passes none on", async () => {
  const requests = proofsOn(subject);
  const replies = proofsOn("_INBOX.asker.>");
  const service = await exchange.serve({ findBox });
  const peer = newPeer();
  for (let asked = 0; asked < 3; asked += 1) await exchange.call({ peer, isForPeerOnly: true });
  await Promise.all([requests.close(), replies.close()]);
  expect(requests.proofs).toEqual(["signature", "pair", "pair"]);
  expect(replies.proofs).toEqual(["signature", "pair", "pair"]);
  await service.close();
});

test("serve() signs every reply that is passed on", async () => {
  const replies = proofsOn("_INBOX.asker.>");
  const service = await exchange.serve({ findBox, isSigned: true });
  const peer = newPeer();
  for (let asked = 0; asked < 3; asked += 1) await exchange.call({ peer, isForPeerOnly: true });
  await replies.close();
  expect(replies.proofs).toEqual(["signature", "signature", "signature"]);
  await service.close();
});

test("serve() refuses a MAC where it needs a signature, and call() signs that request and the next", async () => {
  const requests = proofsOn(subject);
  const peer = newPeer();
  const trusting = await exchange.serve({ findBox });
  await exchange.call({ peer, isForPeerOnly: true });
  await trusting.close();
  const service = await exchange.serve();
  for (let asked = 0; asked < 2; asked += 1) {
    expect(await exchange.call({ peer, isForPeerOnly: true })).toEqual({ ok: true, text: "answered" });
  }
  await Promise.all([requests.close(), service.close()]);
  // The service states its key in every reply to a signature, so that each next request has a MAC again.
  expect(requests.proofs).toEqual(["signature", "pair", "signature", "pair", "signature"]);
});

test("serve() refuses another's MAC under a known name", async () => {
  const service = await exchange.serve({ findBox });
  const peer = newPeer();
  await exchange.call({ peer, isForPeerOnly: true });
  const stranger = generateIdentity(asker.id);
  await expect(exchange.call({ peer, identity: stranger, isForPeerOnly: true })).rejects.toMatchObject({
    code: "BAD_SIGNATURE",
  });
  await service.close();
});

test("call() gets a signed reply from a peer that has other keys now", async () => {
  const peer = newPeer();
  const before = await exchange.serve();
  await exchange.call({ peer });
  await before.close();
  const changed = { ...answerer, box: generateIdentity(answerer.id).box };
  const service = await exchange.serve({ identity: changed });
  const replies = proofsOn("_INBOX.asker.>");
  for (let asked = 0; asked < 2; asked += 1) await exchange.call({ peer });
  await replies.close();
  expect(replies.proofs).toEqual(["signature", "pair"]);
  await service.close();
});

test("call() refuses a MAC of another part, one for another request, and any where only a signature counts", async () => {
  const peer = newPeer();
  const service = await exchange.serve();
  await exchange.call({ peer });
  await service.close();
  const answer = { by: generateIdentity(answerer.id), digest: frameDigest };
  const hostile = exchange.link.connection.subscribe(subject, {
    callback: (_, message) => {
      const { requestId } = readUnverifiedHeader(message.data);
      const header: FrameHeader = {
        v: 1,
        kind: "echo.reply",
        subject,
        sender: answerer.id,
        requestId,
        time: Date.now(),
        requestDigest: answer.digest(message.data),
      };
      const to = { id: asker.id, boxPublic: asker.box.publicKey };
      message.respond(pairFrame(answer.by, to, header, encodeJson({ ok: true, text: "hostile" })));
    },
  });
  await exchange.link.connection.flush();
  await expect(exchange.call({ peer })).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
  answer.by = answerer;
  // A thief of the asker's keys can make a MAC in the answerer's name.
  await expect(exchange.call({ peer, isSigned: true })).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
  answer.digest = () => "0".repeat(64);
  await expect(exchange.call({ peer })).rejects.toMatchObject({ code: "REPLAYED" });
  hostile.unsubscribe();
});

test("serve() refuses a stated key of low order, and goes on", async () => {
  const service = await exchange.serve();
  const header: FrameHeader = {
    v: 1,
    kind: "echo.request",
    subject,
    sender: asker.id,
    requestId: "req_00000000000000000009",
    time: Date.now(),
    box: toBase64(new Uint8Array(32)),
    peerBox: toBase64(answerer.box.publicKey),
  };
  const reply = await exchange.link.connection.request(subject, signFrame(asker, header, encodeJson({})), {
    timeout: 5_000,
  });
  expect(Buffer.from(reply.data).toString("latin1")).toContain('"code":"LOW_ORDER_KEY"');
  expect(await exchange.call()).toEqual({ ok: true, text: "answered" });
  await service.close();
});
