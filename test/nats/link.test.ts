import { connectNats } from "@sealrun/nats";
import { Events } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../support/until.ts";
import { type Exchange, openExchange } from "./exchange.ts";

let exchange: Exchange;
beforeAll(async () => void (exchange = await openExchange()));
afterAll(async () => exchange.close());

test("connectNats() names the URL of a server that is not there, and no password", async () => {
  const options = { url: "nats://someone:hidden@127.0.0.1:1", user: "someone", password: "also-hidden" };
  const failure: unknown = await connectNats({ ...options, name: "test", inboxPrefix: "_INBOX.test" }).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: "NATS_UNREACHABLE" });
  expect(String(failure)).toContain("nats://127.0.0.1:1");
  expect(String(failure)).not.toContain("hidden");
});

test("connectNats() refuses a wrong password as NATS_UNREACHABLE", async () => {
  const options = { ...exchange.login, password: "wrong", name: "test", inboxPrefix: "_INBOX.test" };
  await expect(connectNats(options)).rejects.toMatchObject({ code: "NATS_UNREACHABLE" });
});

test("connectNats() sends what is pending before it closes", async () => {
  const heard: string[] = [];
  const arrived = Promise.withResolvers<void>();
  exchange.link.connection.subscribe("test.pending", {
    callback: (_, message) => {
      heard.push(message.string());
      if (heard.length === 100) arrived.resolve();
    },
  });
  await exchange.link.connection.flush();
  const other = await connectNats({ ...exchange.login, name: "test", inboxPrefix: "_INBOX.test" });
  for (let index = 0; index < 100; index += 1) other.connection.publish("test.pending", String(index));
  await other.close();
  await arrived.promise;
  expect(heard).toEqual(Array.from({ length: 100 }, (_, index) => String(index)));
});

test("connectNats() asks for the login at every connect, and outlives any number of refused ones", async () => {
  let login = exchange.login;
  let asked = 0;
  const current = () => {
    asked += 1;
    return login;
  };
  const link = await connectNats({ current, name: "test", inboxPrefix: "_INBOX.test" });
  const statuses = link.connection.status()[Symbol.asyncIterator]();
  login = { ...exchange.login, password: "expired" };
  await link.connection.reconnect();
  await until(() => (asked > 4 ? true : undefined));
  expect(link.connection.isClosed()).toBe(false);
  login = exchange.login;
  for (let status = await statuses.next(); status.done !== true; status = await statuses.next()) {
    if (status.value.type === Events.Reconnect) break;
  }
  await link.connection.flush();
  await link.close();
});
