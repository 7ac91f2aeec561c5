import { get } from "node:http";
import { hostname } from "node:os";
import { start } from "@sealrun/platform";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

const log = pino({ level: "silent" });
let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

/** Asks for the platform's identity under this host; fetch() would not send another one. */
async function askAs(url: string, headers: Readonly<Record<string, string>>, path = "/api/v1/platform") {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    get(`${url}${path}`, { headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    }).on("error", reject);
  });
}

describe("refuseOtherHosts()", () => {
  test.each([
    "evil.example",
    "evil.example:7700",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "sealrun.example",
  ])("refuseOtherHosts() refuses the host %s for the API and for pages", async (host) => {
    for (const path of ["/api/v1/platform", "/", "/api/v1/none"]) {
      const { status, text } = await askAs(platform.url, { host }, path);
      expect(status).toBe(421);
      expect(text).toContain("HOST_NOT_ALLOWED");
      expect(text).toContain("allowedHosts");
    }
  });

  test.each(["127.0.0.1:1", "10.1.2.3", "[::1]:7700", "localhost", "LOCALHOST:80", "app.localhost", hostname()])(
    "refuseOtherHosts() answers for %s without a setting",
    async (host) => {
      expect(await askAs(platform.url, { host })).toMatchObject({ status: 200 });
    },
  );

  test("refuseOtherHosts() answers for allowed names, also those that a trusted proxy passes on", async () => {
    const allowedHosts = ["sealrun.example"];
    const other = await start({ ...platform.config, allowedHosts, trustedProxies: ["127.0.0.0/8"] }, { log });
    for (const host of ["sealrun.example", "Sealrun.Example:8443", "sealrun.example."]) {
      expect(await askAs(other.url, { host })).toMatchObject({ status: 200 });
      expect(await askAs(other.url, { host: "127.0.0.1", "x-forwarded-host": host })).toMatchObject({ status: 200 });
    }
    expect(await askAs(other.url, { host: "evil.example" })).toMatchObject({ status: 421 });
    expect(await askAs(other.url, { host: "127.0.0.1", "x-forwarded-host": "evil.example" })).toMatchObject({
      status: 421,
    });
    // Any page may add this header to a request to its own name, and a proxy may pass it on.
    for (const claimed of ["localhost", "sealrun.example", "127.0.0.1", "a.example, localhost"]) {
      const { status, text } = await askAs(other.url, { host: "evil.example", "x-forwarded-host": claimed });
      expect(status).toBe(421);
      expect(text).toContain("evil.example");
    }
    await other.close();
  });
});
