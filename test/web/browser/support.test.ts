import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { atWidths, expectAccessible, expectNoSidewaysScroll } from "../../support/browser-checks.ts";

const policy = "default-src 'none'; script-src 'self'; connect-src *; img-src data:; style-src 'unsafe-inline'";
const good = `<!doctype html><html lang="en"><title>Good</title><link rel="icon" href="data:,"><main><h1>Pages</h1><p>Text</p></main></html>`;
const bad = `<!doctype html><title>Bad</title><link rel="icon" href="data:,"><input><div style="width:1000px">Wide</div><script src="/bad.js"></script><script>inline()</script>`;
const script = `console.error("said"); fetch("http://example.test/").catch(() => undefined); setTimeout(() => { throw new TypeError("thrown"); });`;

const visit = useBrowser();
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const isScript = request.url === "/bad.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.setHeader("content-security-policy", policy);
    response.end(isScript ? script : request.url === "/bad" ? bad : good);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  url = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
});

test("useBrowser() opens a page that has nothing to complain of", async () => {
  const { page } = await visit(`${url}/good`);
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Pages");
  await expectAccessible(page);
  await atWidths({ page }, [360, 1440], async () => expectNoSidewaysScroll(page));
});

test("assertQuiet() sees the console, an uncaught error, a breach of the policy and another host", async () => {
  const opened = await visit(`${url}/bad`);
  await opened.page.waitForEvent("requestfailed", { timeout: 2_000 }).catch(() => undefined);
  for (const part of ["thrown", "said", "script-src-elem refuses inline", "another origin: http://example.test/"]) {
    await expect.poll(() => opened.witness.complaints().join("\n")).toContain(part);
  }
  expect(() => opened.assertQuiet()).toThrow(/complained/);
  tolerateAll(opened);
});

test("expectAccessible() names the rule and the element", async () => {
  const opened = await visit(`${url}/bad`);
  await expect(expectAccessible(opened.page)).rejects.toThrow(/label: .*input/);
  tolerateAll(opened);
});

test("expectNoSidewaysScroll() fails for a page that is wider than its window", async () => {
  const opened = await visit(`${url}/bad`, { width: 360 });
  await expect(expectNoSidewaysScroll(opened.page, 500)).rejects.toThrow(/sideways/);
  tolerateAll(opened);
});

function tolerateAll(opened: Visit): void {
  opened.tolerate(/^/);
}
