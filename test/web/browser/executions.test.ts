import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const visit = useBrowser();
let stage: Stage;
let storage: BrowserStorage;

beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
  await stage.push("acme/good", { "main.sh": "echo good" });
  await stage.push("acme/bad", { "main.sh": "exit 3" });
  await stage.push("acme/stuck", { "main.sh": "echo never", "manifest.json": { pool: "gpu" } });
  for (const name of ["good", "good", "bad"]) await stage.run(`acme/${name}`);
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test("/executions keeps its filters in the address", async () => {
  const { page } = await open("/executions");
  await rows(page).nth(2).waitFor();
  await page.getByText("failed 1", { exact: true }).click();
  await expect.poll(async () => packagesOf(page)).toEqual(["bad"]);
  await page.reload();
  await expect.poll(async () => packagesOf(page)).toEqual(["bad"]);
  await page.getByText("succeeded 2", { exact: true }).click();
  await expect.poll(async () => packagesOf(page)).toEqual(["bad", "good", "good"]);
  await page.getByPlaceholder("All projects").fill("acme");
  await page.getByRole("option", { name: "acme" }).click();
  await page.getByPlaceholder("All packages").fill("good");
  await page.getByRole("option", { name: "good" }).click();
  await expect.poll(async () => packagesOf(page)).toEqual(["good", "good"]);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    project: "acme",
    package: "good",
    status: '["succeeded","failed"]',
  });
  await page.goBack();
  await expect.poll(async () => packagesOf(page)).toEqual(["bad", "good", "good"]);
});

test("/executions says what is wrong with an id, finds one by its start, and says when nothing matches", async () => {
  const { page } = await open("/executions");
  await page.getByLabel("Id or its start").fill("nonsense");
  await page.getByText("An id starts with exe_, then letters and digits").waitFor();
  const id = (await rows(page).first().getByRole("link").first().getAttribute("href"))?.split("/").at(-1) ?? "";
  await page.getByLabel("Id or its start").fill(id.slice(0, 16));
  await page.getByLabel("Id or its start").press("Enter");
  await expect.poll(async () => rows(page).count()).toBe(1);
  await page.getByLabel("Id or its start").fill("exe_00000000000000000000");
  await page.getByLabel("Id or its start").press("Enter");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await rows(page).nth(2).waitFor();
});

test("/executions shows durations as a table too, whose spans narrow the list", async () => {
  const { page } = await open("/executions?span=1h");
  await page.getByRole("button", { name: "Show as a table" }).click();
  const table = page.getByRole("table", { name: "Executions over time" });
  await table.getByRole("button").first().click();
  await page.waitForURL(/since=.*until=/);
  await page.getByRole("button", { name: "1 h again" }).click();
  await page.waitForURL((url) => !url.searchParams.has("since"));
});

test("/executions holds new ones back until they are asked for", async () => {
  const { page } = await open("/executions");
  await rows(page).nth(2).waitFor();
  const before = await rows(page).count();
  await stage.run("acme/good");
  await page.getByRole("button", { name: "1 new: show" }).waitFor();
  expect(await rows(page).count()).toBe(before);
  await page.getByRole("button", { name: "1 new: show" }).click();
  await expect.poll(async () => rows(page).count()).toBe(before + 1);
});

test("/executions cancels all queued ones that it shows", async () => {
  for (let count = 0; count < 3; count += 1) await stage.must(["run", "acme/stuck"]);
  const { page } = await open("/executions?package=stuck");
  await page.getByText("Pool gpu has no executor").first().waitFor();
  await page.getByRole("button", { name: "Cancel all 3 queued" }).click();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel them" }).click();
  await page.getByText("3 executions cancelled").waitFor();
  await page.getByText("cancelled 3", { exact: true }).waitFor();
  await page.getByText("queued 0", { exact: true }).waitFor();
});

test("/executions goes from row to row by arrow keys", async () => {
  const { page } = await open("/executions");
  const link = (row: number) => rows(page).nth(row).getByRole("link").first();
  await link(0).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await link(2).evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/executions/exe_*");
});

test("/executions has charts with a legend and equal steps, and a click in them narrows the list to that time", async () => {
  const { page } = await open("/executions?span=1h");
  const charts = page.getByRole("region", { name: "Over time" });
  await charts.locator(".recharts-surface").nth(1).waitFor();
  for (const words of ["95th percentile", "median", "succeeded", "failed"]) {
    await charts.getByText(words, { exact: true }).waitFor();
  }
  for (const chart of await charts.locator(".recharts-surface").all()) {
    const tops = await chart
      .locator("text[orientation=left]")
      .evaluateAll((ticks) => ticks.map((tick) => tick.getBoundingClientRect().y));
    const steps = tops.slice(1).map((top, index) => (tops[index] ?? 0) - top);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) expect(step).toBeCloseTo(steps[0] ?? 0, 0);
  }
  for (const chart of [0, 1]) {
    const area = charts.locator(".recharts-surface").nth(chart).locator("rect[data-at]").last();
    const at = await area.getAttribute("data-at");
    // As a finger does: nothing moves there before.
    await area.dispatchEvent("click");
    await page.waitForURL((url) => url.searchParams.get("since") === at && url.searchParams.has("until"));
    await rows(page).first().waitFor();
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has("since"));
  }
});

test("/executions has its list in view on a telephone, and says which filters are set", async () => {
  const { page } = await open("/executions?span=1h&status=succeeded");
  await page.setViewportSize({ width: 360, height: 900 });
  const fold = page.getByRole("button", { name: /^Filters and charts/ });
  await fold.getByText("1 h, 1 filter").waitFor();
  const box = await rows(page).first().boundingBox();
  expect(box?.y).toBeLessThan(300);
  expect(await page.locator(".recharts-surface").count()).toBe(0);
  await fold.click();
  await page.getByText(/^failed \d+$/).click();
  await fold.getByText("1 h, 1 filter").waitFor();
  await page.getByPlaceholder("All projects").fill("acme");
  await page.getByRole("option", { name: "acme" }).click();
  await fold.getByText("1 h, 2 filters").waitFor();
  await fold.click();
  await page.locator(".recharts-surface").first().waitFor({ state: "detached" });
});

test("/executions is accessible and fits a telephone, as a chart and as a table", async () => {
  const { page } = await open("/executions?span=1h");
  await page.setViewportSize({ width: 360, height: 900 });
  await page.getByRole("button", { name: /^Filters and charts/ }).click();
  await page.locator(".recharts-surface").first().waitFor();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Show as a table" }).click();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

function rows(page: Page) {
  return page.getByRole("table", { name: "Executions, the newest first" }).locator("tbody tr");
}

async function packagesOf(page: Page): Promise<readonly string[]> {
  return rows(page).locator("td:first-child a").allInnerTexts();
}

async function open(path: string): Promise<Visit> {
  return visit(`${stage.url}${path}`, { storage });
}
