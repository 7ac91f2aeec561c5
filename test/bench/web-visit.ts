import type { Page } from "playwright-core";
import { type BenchRow, median } from "./row.ts";
import type { BenchBrowser, SignedIn } from "./web-browser.ts";

/** What one visit costs until somebody can use the page. */
export interface Visit {
  /** From the start of the navigation until the control is there and the page's thread has nothing to do. */
  readonly readyMs: number;
  /** Of the processor, in the page's thread: much the same whatever else the machine does. */
  readonly busyMs: number;
  readonly sentKibibytes: number;
  readonly unpackedKibibytes: number;
}

/** Visits an address with a cold cache, then once more with what that left. */
export async function visit(
  browser: BenchBrowser,
  asked: { readonly url: string; readonly control: string; readonly storageState?: SignedIn },
): Promise<readonly Visit[]> {
  const { url, control, storageState } = asked;
  return browser.withPage(
    async (page) => [await visitOnce(page, url, control), await visitOnce(page, url, control)],
    storageState === undefined ? {} : { storageState },
  );
}

async function visitOnce(page: Page, url: string, control: string): Promise<Visit> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(url, { waitUntil: "commit" });
  const measured = await page.evaluate(async (selector) => {
    // Every frame, and then once the thread is idle: what is drawn may still wait for its handlers.
    const readyMs = await new Promise<number>((resolve) => {
      const look = (): void => {
        if (document.querySelector(selector) === null) requestAnimationFrame(look);
        else requestIdleCallback(() => resolve(performance.now()));
      };
      look();
    });
    const scripts = performance
      .getEntriesByType("resource")
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => new URL(name).pathname.endsWith(".js"));
    const sum = (of: (entry: PerformanceResourceTiming) => number): number =>
      scripts.reduce((total, entry) => total + of(entry), 0) / 1_024;
    return {
      readyMs,
      sentKibibytes: sum(({ encodedBodySize }) => encodedBodySize),
      unpackedKibibytes: sum(({ decodedBodySize }) => decodedBodySize),
    };
  }, control);
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  return { ...measured, busyMs: 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) };
}

export type Figures = Pick<BenchRow, "ours" | "alternative" | "unit">;

/** The middle time until the page can be used. */
export function ready(ours: readonly Visit[], alternative: readonly Visit[]): Figures {
  const middle = (visits: readonly Visit[]): number => median(visits.map(({ readyMs }) => readyMs));
  return { ours: middle(ours), alternative: middle(alternative), unit: "ms" };
}

/** The middle time of the page's thread. */
export function busy(ours: readonly Visit[], alternative: readonly Visit[]): Figures {
  const middle = (visits: readonly Visit[]): number => median(visits.map(({ busyMs }) => busyMs));
  return { ours: middle(ours), alternative: middle(alternative), unit: "ms" };
}
