import { executionId, executorId, SealrunError, secretName, subjects } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPlatformRpc } from "../../../../executor/src/supervisor/platform/platform-rpc.ts";
import { asker, type Exchange, newPeer, openExchange } from "../../../nats/exchange.ts";

let exchange: Exchange;
beforeAll(async () => {
  exchange = await openExchange();
});
afterAll(async () => exchange.close());

const ref = { executionId: executionId.parse("exe_00000000000000000001"), attempt: 1 };

test("createPlatformRpc() takes a refusal of a report that arrived twice for no answer", async () => {
  const service = await exchange.serve({
    subject: subjects.rpc(executorId.parse(asker.id), "reported"),
    kind: "reported",
    handle: async () => {
      throw new SealrunError("REPLAYED", "This request was already answered");
    },
  });
  const rpc = createPlatformRpc({ link: exchange.link, identity: asker, platform: newPeer() });
  await expect(rpc.reported({ ...ref, lastSequence: 1 })).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  await service.close();
});

test("createPlatformRpc() takes what others send in place of a reply for no answer to what it must not drop", async () => {
  const own = executorId.parse(asker.id);
  const hostile = exchange.link.connection.subscribe(`sealrun.rpc.${own}.*`, {
    callback: (_, message) => void message.respond("not a frame"),
  });
  await exchange.link.connection.flush();
  const rpc = createPlatformRpc({ link: exchange.link, identity: asker, platform: newPeer() });
  await expect(rpc.reported({ ...ref, lastSequence: 1 })).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  await expect(rpc.lookup({ ...ref, name: secretName.parse("NAME") })).rejects.toMatchObject({ code: "BAD_FORMAT" });
  hostile.unsubscribe();
});
