import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import "./provided.ts";
import { type BrowserWitness, witnessBrowser } from "./browser-witness.ts";
import type { Chromium } from "./chromium.ts";

/** What a profile keeps. */
export type BrowserStorage = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** What one visit looks like. */
interface VisitOptions {
  /** In pixels; 1440 unless said. */
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  /** The reader's zone; UTC unless said. */
  readonly timezoneId?: string;
  /** Cookies and storage of an earlier visit: whoever had signed in there is signed in. */
  readonly storage?: BrowserStorage;
}

/** Somebody's browser: a profile of its own with one page open. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page said, asked for and was refused. */
  readonly witness: BrowserWitness;
  /** Expects messages of this form, such as that of a request which the test has refused; any other fails the test. */
  tolerate(expected: RegExp): void;
  /** Fails for every message, refusal and request to another host so far that was not expected. */
  assertQuiet(): void;
  close(): Promise<void>;
}

/** A running Chromium. */
interface OpenBrowser {
  /** Opens a new profile at an address; nothing but that origin may be asked for anything. */
  visit(url: string, options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

const screenshotsFolder = fileURLToPath(new URL("../../test-results/", import.meta.url));

/** How long one step of a visit may take: only what hangs is ended, as other programs use the same cores. */
const patienceMs = 60_000;

/** No page needs another host: a name that is none of this machine's is not even looked up. */
const args = [
  "--headless=shell",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-sync",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
  "--font-render-hinting=none",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/** Starts Chromium with its own sandbox, which root alone cannot have. */
async function openBrowser({ executablePath, env }: Chromium): Promise<OpenBrowser> {
  const chromiumSandbox = process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, env: { ...env }, args, chromiumSandbox, timeout: 120_000 });
  return {
    visit: async (url, options) => visit(browser, url, options),
    close: async () => browser.close(),
  };
}

/**
 * Registers a Chromium for all tests of a file: gives the function that visits an address. Every visit is closed after
 * its test, and fails it unless the browser was quiet; a failed test leaves a picture of each page in `test-results/`.
 */
export function useBrowser(): OpenBrowser["visit"] {
  let browser: OpenBrowser | undefined;
  const visits: Visit[] = [];
  beforeAll(async () => {
    browser = await openBrowser(inject("chromium"));
  });
  afterEach(async ({ task }) => {
    const open = visits.splice(0);
    if (task.result?.state === "fail") await keepPictures(task.name, open);
    try {
      if (task.result?.state !== "fail") for (const each of open) each.assertQuiet();
    } finally {
      await Promise.all(open.map(async (each) => each.close()));
    }
  });
  afterAll(async () => browser?.close());
  return async (url, options) => {
    if (browser === undefined) throw new TypeError("useBrowser() visits in tests alone");
    const opened = await browser.visit(url, options);
    visits.push(opened);
    return opened;
  };
}

async function visit(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? "light",
    timezoneId: options.timezoneId ?? "UTC",
    locale: "en-GB",
    reducedMotion: "reduce",
    ...(options.storage === undefined ? {} : { storageState: options.storage }),
  });
  const witness = await witnessBrowser(context, new URL(url).origin);
  const expected: RegExp[] = [];
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  await page.goto(url);
  return {
    page,
    context,
    witness,
    tolerate: (pattern) => void expected.push(pattern),
    assertQuiet: () => {
      const unexpected = witness.complaints().filter((line) => !expected.some((pattern) => pattern.test(line)));
      expect(unexpected, `the browser complained:\n${unexpected.join("\n")}\n`).toEqual([]);
    },
    close: async () => context.close(),
  };
}

async function keepPictures(name: string, open: readonly Visit[]): Promise<void> {
  await mkdir(screenshotsFolder, { recursive: true });
  const stem = name.replaceAll(/[^\w-]+/g, "-").slice(0, 120);
  for (const [index, { context }] of open.entries()) {
    for (const [number, page] of context.pages().entries()) {
      // A page that hangs has no picture, and must not hide why the test failed.
      await page
        .screenshot({ path: `${screenshotsFolder}${stem}-${index}-${number}.png`, fullPage: true, timeout: 10_000 })
        .catch(() => undefined);
    }
  }
}
