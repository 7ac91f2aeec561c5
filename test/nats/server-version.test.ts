import { describeOldServer } from "@sealrun/nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isOlder } from "../../packages/nats/src/server-version.ts";
import { type Exchange, openExchange } from "./exchange.ts";

let exchange: Exchange;
beforeAll(async () => void (exchange = await openExchange()));
afterAll(async () => exchange.close());

test.each([
  ["2.9.10", true],
  ["2.12.6", true],
  ["2.12.7", false],
  ["2.12.15", false],
  ["2.14.0", false],
  ["3.0.0", false],
  ["2.12.7-RC.1", false],
  ["", true],
  ["unknown", true],
])("isOlder() of %s is %s", (version, answer) => {
  expect(isOlder(version)).toBe(answer);
});

test("describeOldServer() has a sentence only for an older server", () => {
  const version = exchange.link.connection.info?.version ?? "";
  const sentence = describeOldServer(exchange.link);
  if (isOlder(version)) expect(sentence).toContain(`This nats-server is ${version}`);
  else expect(sentence).toBeUndefined();
});
