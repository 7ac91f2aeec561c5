import { executorId, SealrunError, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPlatformRpc } from "../../../../executor/src/supervisor/platform/platform-rpc.ts";
import { asker, type Exchange, newPeer, openExchange } from "../../../nats/exchange.ts";

let exchange: Exchange;
beforeAll(async () => {
  exchange = await openExchange();
});
afterAll(async () => exchange.close());

test("createPlatformRpc() takes a refusal of a request that arrived twice for no answer", async () => {
  const service = await exchange.serve({
    subject: subjects.rpc(executorId.parse(asker.id), "presence"),
    kind: "presence",
    handle: async () => {
      throw new SealrunError("REPLAYED", "This request was already answered");
    },
  });
  const rpc = createPlatformRpc({ link: exchange.link, identity: asker, platform: newPeer() });
  const presence = { slots: 1, running: 0, draining: false };
  await expect(rpc.presence(presence)).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  await service.close();
});
