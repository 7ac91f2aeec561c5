import { start } from "@sealrun/platform";
import { changeNotice, changeTopic, limits } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refused, send } from "../../../support/api.ts";
import { readBlocks } from "../../../support/read-events.ts";
import { asPage, signIn } from "../../../support/sign-in.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

const topicsOf = (block: string): readonly string[] => {
  expect(block).toMatch(/^event: change\ndata: /);
  return changeNotice.parse(JSON.parse(block.replace(/^event: change\ndata: /, ""))).topics;
};

describe("GET /api/v1/changes", () => {
  test("GET /api/v1/changes names all topics, then what another page changed", async () => {
    const stop = new AbortController();
    const response = await fetch(`${platform.url}/api/v1/changes`, {
      headers: asPage(await signIn(platform)),
      signal: stop.signal,
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const blocks = readBlocks(response);
    expect(topicsOf((await blocks.next()).value)).toEqual(changeTopic.options);
    await send(platform, "POST", "/projects", { json: { name: "acme" } });
    expect(topicsOf((await blocks.next()).value)).toEqual(["projects"]);
    await send(platform, "PUT", "/projects/acme/packages/hello");
    expect(topicsOf((await blocks.next()).value)).toEqual(["packages"]);
    stop.abort();
  });

  test("GET /api/v1/changes answers 401 without credentials and 403 to another site", async () => {
    expect(await refused(fetch(`${platform.url}/api/v1/changes`))).toMatchObject({ status: 401 });
    const headers = { cookie: await signIn(platform), "sec-fetch-site": "cross-site" };
    expect(await refused(fetch(`${platform.url}/api/v1/changes`, { headers }))).toMatchObject({ status: 403 });
  });

  test("GET /api/v1/changes refuses more streams than a session may have, and no longer counts closed ones", async () => {
    const headers = asPage(await signIn(platform));
    const stop = new AbortController();
    const open = async (): Promise<Response> =>
      fetch(`${platform.url}/api/v1/changes`, { headers, signal: stop.signal });
    // Held: fetch() cancels the body of an answer that nothing refers to any more.
    const held: Response[] = [];
    while (held.length < limits.changeStreamsPerSession) held.push(await open());
    expect(await refused(open())).toMatchObject({ status: 429, code: "RATE_LIMITED" });
    const other = await fetch(`${platform.url}/api/v1/changes`, { headers: asPage(await signIn(platform)) });
    expect(other.status).toBe(200);
    await other.body?.cancel();
    expect(held.map(({ status }) => status)).toEqual(held.map(() => 200));
    stop.abort();
    await expect
      .poll(async () => {
        const again = await fetch(`${platform.url}/api/v1/changes`, { headers });
        await again.body?.cancel();
        return again.status;
      })
      .toBe(200);
  });

  test("GET /api/v1/changes ends soon after its session does", async () => {
    const headers = asPage(await signIn(platform));
    const blocks = readBlocks(await fetch(`${platform.url}/api/v1/changes`, { headers }));
    await blocks.next();
    await fetch(`${platform.url}/api/v1/session`, { method: "DELETE", headers });
    for await (const block of blocks) expect(block).toMatch(/^(?:event: change|:)/);
    expect(await refused(fetch(`${platform.url}/api/v1/changes`, { headers }))).toMatchObject({ status: 401 });
  });

  test("GET /api/v1/changes ends when the platform stops, and does not delay it", async () => {
    const own = await start(platform.config, { log: pino({ level: "silent" }) });
    const response = await fetch(`${own.url}/api/v1/changes`, {
      headers: { authorization: `Bearer ${platform.token}` },
    });
    const blocks = readBlocks(response);
    await blocks.next();
    const rest = (async () => {
      const all: string[] = [];
      for await (const block of blocks) all.push(block);
      return all;
    })();
    await own.close();
    expect((await rest).filter((block) => !block.startsWith("event:"))).toEqual([]);
  });
});
