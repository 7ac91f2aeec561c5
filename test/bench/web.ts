import type { Page } from "playwright-core";
import { benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median, ratioRow } from "./row.ts";
import { type BenchBrowser, openBenchBrowser, servePlain, type SignedIn, signInOnce } from "./web-browser.ts";

const rounds = 7;
const form = `<!doctype html><title>plain</title><main><h1>Sign in</h1><form><input name="token"></form></main>`;

/** What one visit costs until somebody can use the page. */
interface Visit {
  /** From the start of the navigation until the control is there and the page's thread has nothing to do. */
  readonly readyMs: number;
  /** Of the processor, in the page's thread: much the same whatever else the machine does. */
  readonly busyMs: number;
  readonly sentKibibytes: number;
  readonly unpackedKibibytes: number;
}

/** How soon the first page can be used, and how much JavaScript that takes, each visit with a cold cache. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const browser = await openBenchBrowser();
  const plain = await servePlain(form);
  try {
    await platform.sealrun(["project", "create", "bench"]);
    const storageState = await signInOnce(browser, platform);
    const tokenField = "input[name=token]:enabled";
    const projects = { url: platform.url, control: `a[href="/projects/bench"]`, storageState };
    const signIn = { url: platform.url, control: tokenField };
    const visits: Record<"plain" | "signIn" | "projects" | "again", Visit[]> = {
      plain: [],
      signIn: [],
      projects: [],
      again: [],
    };
    for (let round = 0; round < rounds; round += 1) {
      visits.plain.push(...(await visit(browser, { url: plain.url, control: tokenField })).slice(0, 1));
      visits.signIn.push(...(await visit(browser, signIn)).slice(0, 1));
      const [cold, warm] = await visit(browser, projects);
      if (cold !== undefined) visits.projects.push(cold);
      if (warm !== undefined) visits.again.push(warm);
    }
    return [
      limitRow(
        { what: "sign-in can be used, against a form without a script", ...ready(visits.signIn, visits.plain) },
        1_000,
      ),
      ratioRow({ what: "the page's thread until then", ...busy(visits.signIn, visits.plain) }, undefined),
      limitRow(
        { what: "signed in, the projects can be used, beside a second visit", ...ready(visits.projects, visits.again) },
        1_000,
      ),
      ratioRow({ what: "the page's thread until then", ...busy(visits.projects, visits.again) }, undefined),
      limitRow({ what: "JavaScript sent until sign-in can be used, beside unpacked", ...script(visits.signIn) }, 300),
      limitRow({ what: "the same until the projects can be used", ...script(visits.projects) }, 300),
    ];
  } finally {
    plain.close();
    await browser.close();
    await platform.stop();
    await folder.remove();
  }
}

/** Visits an address with a cold cache, then once more with what that left. */
async function visit(
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

type Figures = Pick<BenchRow, "ours" | "alternative" | "unit">;

function ready(ours: readonly Visit[], alternative: readonly Visit[]): Figures {
  const middle = (visits: readonly Visit[]): number => median(visits.map(({ readyMs }) => readyMs));
  return { ours: middle(ours), alternative: middle(alternative), unit: "ms" };
}

function busy(ours: readonly Visit[], alternative: readonly Visit[]): Figures {
  const middle = (visits: readonly Visit[]): number => median(visits.map(({ busyMs }) => busyMs));
  return { ours: middle(ours), alternative: middle(alternative), unit: "ms" };
}

function script(visits: readonly Visit[]): Figures {
  return {
    ours: median(visits.map(({ sentKibibytes }) => sentKibibytes)),
    alternative: median(visits.map(({ unpackedKibibytes }) => unpackedKibibytes)),
    unit: "KiB",
  };
}
