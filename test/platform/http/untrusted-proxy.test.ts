import { start } from "@sealrun/platform";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startPlatform } from "../../support/start-platform.ts";

test("warnOfUntrustedProxy() warns once, and of no proxy that is trusted", async () => {
  const lines: string[] = [];
  const warnings = (): readonly string[] => lines.filter((line) => line.includes("X-Forwarded-Proto"));
  const platform = await startPlatform();
  const logger = pino({ level: "info" }, { write: (line: string) => lines.push(line) });
  const ask = async (url: string) => fetch(`${url}/api/v1/platform`, { headers: { "x-forwarded-proto": "https" } });

  const trusting = await start({ ...platform.config, trustedProxies: ["127.0.0.0/8"] }, { log: logger });
  await ask(trusting.url);
  await trusting.close();
  expect(warnings()).toEqual([]);

  for (const trustedProxies of [undefined, ["10.0.0.1"]]) {
    lines.length = 0;
    const other = await start({ ...platform.config, trustedProxies }, { log: logger });
    await fetch(`${other.url}/api/v1/platform`);
    expect(warnings()).toEqual([]);
    await ask(other.url);
    await ask(other.url);
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('"address":"127.0.0.1"');
    await other.close();
  }
  await platform.close();
});
