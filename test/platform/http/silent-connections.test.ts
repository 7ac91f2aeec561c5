import { once } from "node:events";
import { connect } from "node:net";
import { start } from "@sealrun/platform";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startPlatform } from "../../support/start-platform.ts";

/** Less than the minute for which Node waits. */
const maxMs = 40_000;

test("endSilentConnections() lets a platform stop beside connections that ask nothing", async () => {
  const platform = await startPlatform();
  const own = await start(platform.config, { log: pino({ level: "silent" }) });
  const silent = connect(Number(new URL(own.url).port), "127.0.0.1");
  await once(silent, "connect");
  expect((await fetch(`${own.url}/api/v1/platform`)).status).toBe(200);
  const ended = once(silent, "close");
  const before = performance.now();
  await own.close();
  await ended;
  expect(performance.now() - before).toBeLessThan(maxMs);
  await platform.close();
});
