import { generateIdentity, newId, signFrame } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { encodeJson, executionId, executorId, inboxPrefix, subjects } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenToControl } from "../../../../executor/src/supervisor/lease/control.ts";
import { startTestNats } from "../../../support/servers.ts";
import { until } from "../../../support/until.ts";

let nats: Awaited<ReturnType<typeof startTestNats>>;
let link: NatsLink;
let sender: NatsLink;
beforeAll(async () => {
  nats = await startTestNats();
  link = await connectNats({ url: nats.url, ...nats.executor, name: "executor", inboxPrefix: inboxPrefix(own) });
  sender = await connectNats({ url: nats.url, ...nats.platform, name: "test", inboxPrefix: inboxPrefix("platform") });
});
afterAll(async () => {
  await link.close();
  await sender.close();
  await nats.stop();
});

const own = executorId.parse(newId("executor"));
const platform = generateIdentity(newId("platform"));
const ref = { executionId: executionId.parse(newId("execution")), attempt: 2 };

/** A frame with an order, valid unless changed. */
function order(changes: { by?: typeof platform; kind?: string; time?: number; body?: object } = {}): Uint8Array {
  const { by = platform, kind = "control", time = Date.now(), body = { kind: "cancel", ...ref } } = changes;
  const subject = subjects.control(own);
  const header = { v: 1, kind, subject, sender: by.id, requestId: newId("request"), time } as const;
  return signFrame(by, header, encodeJson(body));
}

async function startControl() {
  const logged: string[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void logged.push(line) });
  const control = listenToControl({ link, executorId: own, platform, log });
  await link.connection.flush();
  const send = async (frame: Uint8Array): Promise<void> => {
    sender.connection.publish(subjects.control(own), frame);
    await sender.connection.flush();
  };
  return { control, logged, send };
}

describe("listenToControl()", () => {
  it("cancels the attempt that is to end, and no other, as long as it is watched", async () => {
    const { control, logged, send } = await startControl();
    const heard: string[] = [];
    const unwatch = control.watch(ref, () => heard.push("this"));
    control.watch({ ...ref, attempt: 1 }, () => heard.push("an older attempt"));
    await send(order());
    await until(() => (heard.length > 0 ? true : undefined));
    unwatch();
    await send(order());
    await send(Buffer.from("no frame"));
    await until(() => (logged.length > 0 ? true : undefined));
    expect(heard).toEqual(["this"]);
    control.close();
  });

  it("drops a frame that the platform did not sign, of another kind, old, or malformed", async () => {
    const { control, logged, send } = await startControl();
    const heard: string[] = [];
    control.watch(ref, () => heard.push("heard"));
    const forger = { ...generateIdentity(platform.id), id: platform.id };
    for (const frame of [
      order({ by: forger }),
      order({ by: generateIdentity(newId("platform")) }),
      order({ kind: "event" }),
      order({ time: Date.now() - 3_600_000 }),
      order({ body: { kind: "run", ...ref } }),
    ]) {
      await send(frame);
    }
    await until(() => (logged.length >= 5 ? true : undefined));
    expect(logged.map((line) => JSON.parse(line).code)).toEqual([
      "BAD_SIGNATURE",
      "UNKNOWN_SENDER",
      "MALFORMED",
      "EXPIRED",
      "MALFORMED",
    ]);
    expect(heard).toEqual([]);
    control.close();
  });
});
