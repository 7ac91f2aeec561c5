import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { openChromium } from "../support/chromium.ts";

/** A real Chromium; every page is opened in a profile of its own, with a cold cache. */
export interface BenchBrowser {
  /** Visits nothing yet; `act` gets the page, which is closed after it. */
  withPage<T>(act: (page: Page) => Promise<T>, options?: BrowserContextOptions): Promise<T>;
  /** Megabytes that the largest page's process holds in memory: scripts, elements and what is drawn. */
  pageMebibytes(): Promise<number>;
  close(): Promise<void>;
}

/** What somebody's cookies and storage are after they signed in. */
export type SignedIn = NonNullable<BrowserContextOptions["storageState"]>;

const processList = z.object({ processInfo: z.array(z.object({ type: z.string(), id: z.number() })) });

/** Starts the Chromium that npm brought. */
export async function openBenchBrowser(): Promise<BenchBrowser> {
  const unpacked = await openChromium();
  const browser = await chromium.launch({
    executablePath: unpacked.executablePath,
    env: { ...unpacked.env },
    args: ["--headless=shell", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: 120_000,
  });
  return {
    withPage: async (act, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      context.setDefaultTimeout(300_000);
      try {
        return await act(await context.newPage());
      } finally {
        await context.close();
      }
    },
    pageMebibytes: async () => largestPage(browser),
    close: async () => {
      await browser.close();
      await unpacked.close();
    },
  };
}

async function largestPage(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = processList.parse(await session.send("SystemInfo.getProcessInfo"));
  await session.detach();
  const pages = processInfo.filter(({ type }) => type === "renderer");
  const statuses = await Promise.all(pages.map(async ({ id }) => readFile(`/proc/${id}/status`, "utf8")));
  return Math.max(...statuses.map((status) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1_024));
}

/** Signs in as people do; gives what later profiles start with. */
export async function signInOnce(
  browser: BenchBrowser,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<SignedIn> {
  return browser.withPage(async (page) => {
    await page.goto(url);
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: /^Account of/ }).waitFor();
    return page.context().storageState();
  });
}

/** Serves one page of plain HTML on 127.0.0.1. */
export async function servePlain(html: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((_request, answer) =>
    answer.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the plain page has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
