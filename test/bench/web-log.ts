import type { Page } from "playwright-core";
import { benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, limitRow, median, ratioRow } from "./row.ts";
import { type BenchBrowser, openBenchBrowser, servePlain, signInOnce } from "./web-browser.ts";

const lines = 100_000;
const rounds = 3;
const wheels = 250;
const pages = 40;
/** Lines of a common length, with colours now and then. */
const textOf = `(line) => line + " GET /api/v1/projects/acme/packages 200 in " + (line % 97) + " ms " + "x".repeat(line % 60)`;
const script = `const textOf = ${textOf};
const all = Array.from({ length: ${lines} }, (_, line) => textOf(line) + "\\n");
for (let from = 0; from < all.length; from += 500) {
  if (!process.stdout.write(all.slice(from, from + 500).join(""))) {
    await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
`;

/** What reading a log to its end is like. */
interface Reading {
  /** From the start of the navigation until the last line is there. */
  readonly openMs: number;
  readonly longestFrameMs: number;
  readonly medianFrameMs: number;
  readonly mebibytes: number;
}

/**
 * A real run prints 100,000 lines; its page is read by wheel from the first to the last, then by keys. Beside it the
 * same lines in a page with one element for each.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const browser = await openBenchBrowser();
  const plain = await servePlain(plainPage());
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("lines", { "main.mts": script });
    const id = await platform.start("lines");
    for await (const event of platform.watch(id)) if (event.kind === "end") break;
    const storageState = await signInOnce(browser, platform);
    const ours: Reading[] = [];
    const alternative: Reading[] = [];
    const words = `${lines.toLocaleString("en")} lines`;
    for (let round = 0; round < rounds; round += 1) {
      const address = `${platform.url}/executions/${id}?tab=log`;
      ours.push(await browser.withPage(async (page) => read(browser, page, { address, words }), { storageState }));
      alternative.push(await browser.withPage(async (page) => read(browser, page, { address: plain.url, words })));
    }
    return rowsOf(ours, alternative);
  } finally {
    plain.close();
    await browser.close();
    await platform.stop();
    await folder.remove();
  }
}

function rowsOf(ours: readonly Reading[], alternative: readonly Reading[]): readonly BenchRow[] {
  const figures = (of: (reading: Reading) => number): Pick<BenchRow, "ours" | "alternative"> => ({
    ours: median(ours.map(of)),
    alternative: median(alternative.map(of)),
  });
  const longest = figures(({ longestFrameMs }) => longestFrameMs);
  const what = `a log of ${lines} lines read to its end, against an element for each line`;
  return [
    limitRow({ what: `${what}: longest frame`, ...longest, unit: "ms" }, 100),
    ratioRow({ what: "the same: median frame", ...figures((one) => one.medianFrameMs), unit: "ms" }, undefined),
    ratioRow(
      { what: "the same: opened until the last line is there", ...figures((one) => one.openMs), unit: "ms" },
      undefined,
    ),
    ratioRow(
      { what: "the same: memory of the page's process", ...figures((one) => one.mebibytes), unit: "MiB" },
      undefined,
    ),
  ];
}

function plainPage(): string {
  const rows = Array.from(
    { length: lines },
    (_, line) =>
      `<div>${line} GET /api/v1/projects/acme/packages 200 in ${line % 97} ms ${"x".repeat(line % 60)}</div>`,
  );
  return `<!doctype html><title>plain</title><main>${lines.toLocaleString("en")} lines
<div data-testid="log" tabindex="0" style="height: 700px; overflow: auto; font: 13px/20px monospace">${rows.join("")}</div></main>`;
}

async function read(
  browser: BenchBrowser,
  page: Page,
  { address, words }: { readonly address: string; readonly words: string },
): Promise<Reading> {
  await page.goto(address, { waitUntil: "commit" });
  await page.getByText(words).first().waitFor();
  const openMs = await page.evaluate(
    async () => new Promise<number>((resolve) => requestIdleCallback(() => resolve(performance.now()))),
  );
  const log = page.getByTestId("log");
  await log.hover();
  const scrollPixels = await log.evaluate((box) => {
    box.scrollTop = 0;
    return box.scrollHeight - box.clientHeight;
  });
  const frames = await recordFrames(page, async () => {
    for (let wheel = 0; wheel <= wheels; wheel += 1) await page.mouse.wheel(0, Math.ceil(scrollPixels / wheels));
    await log.focus();
    await page.keyboard.press("Home");
    for (let pressed = 0; pressed < pages; pressed += 1) await page.keyboard.press("PageDown");
    await page.keyboard.press("End");
    await page.waitForFunction(() => {
      const box = document.querySelector("[data-testid=log]");
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 30;
    });
  });
  return {
    openMs,
    longestFrameMs: Math.max(...frames),
    medianFrameMs: median(frames),
    mebibytes: await browser.pageMebibytes(),
  };
}

/** Milliseconds between each two frames while something is done. */
async function recordFrames(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  const recording = await page.evaluateHandle(() => {
    const frames: number[] = [];
    let before = performance.now();
    const next = (): void => {
      const now = performance.now();
      frames.push(now - before);
      before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    return frames;
  });
  await act();
  return recording.evaluate((frames) => [...frames]);
}
