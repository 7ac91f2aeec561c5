import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { atWidths, expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const visit = useBrowser();
let stage: Stage;
let storage: BrowserStorage;

beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
  await stage.push("acme/nightly", { "main.sh": "echo on", "manifest.json": { schedule: "30 2 * * *" } });
  await stage.push("acme/paused", {
    "main.sh": "echo on",
    "manifest.json": { active: false, schedule: { cron: "0 9 * * 1-5", timezone: "Europe/Berlin" } },
  });
  await stage.push("acme/asks", { "main.sh": "sealrun-context schedule --cron '0 7 1 1 *' >/dev/null" });
  await stage.run("acme/asks");
  await stage.push("acme/stuck", { "main.sh": "echo never", "manifest.json": { pool: "gpu" } });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test("/executors shows each pool with its load, live, and leads to what an executor ran", async () => {
  const visitor = await open("/executors");
  const { page } = visitor;
  await page.getByRole("region", { name: "Pool default" }).getByText("live", { exact: true }).waitFor();
  await stage.must(["run", "acme/stuck"]);
  const pool = page.getByRole("region", { name: "Pool gpu" });
  await pool.getByText("1 waits for an executor: start one").waitFor();
  await pool.getByRole("link", { name: "Enrol one" }).waitFor();
  await expectFit(visitor);
  await page.getByRole("link", { name: /^Executions of exr_/ }).click();
  await page.getByRole("heading", { level: 1, name: "Executions" }).waitFor();
  await page.getByText(/^executor exr_/).waitFor();
  await page.getByRole("link", { name: "asks", exact: true }).waitFor();
});

test("/health says in one sentence how all is, and each check below it", async () => {
  const visitor = await open("/health");
  const { page } = visitor;
  await page.getByText(/^(Everything works|It works, but needs attention)/).waitFor();
  await page.getByText("PostgreSQL answers").waitFor();
  await page.getByText("The keyring answers").waitFor();
  await page.getByText(/^Checked/).waitFor();
  const tables = page.getByRole("region", { name: "Tables" });
  await tables.getByRole("cell", { name: "executions", exact: true }).waitFor();
  await tables.getByText(/^Finished executions are kept for 90 days and their logs for 30 days/).waitFor();
  await expectFit(visitor);
  const asked = page.waitForResponse("**/api/v1/platform/health");
  expect((await asked).status()).toBe(200);
});

test("/health says what it knew last when the platform does not answer, and recovers", async () => {
  const visitor = await open("/health");
  const { page } = visitor;
  visitor.tolerate(/health|ERR_FAILED|Failed to load/);
  await page.getByText("PostgreSQL answers").waitFor();
  await page.route("**/api/v1/platform/health", async (route) => route.abort());
  await page.getByText(/the data below is from then/).waitFor();
  await page.getByText("PostgreSQL answers").waitFor();
  await page.unroute("**/api/v1/platform/health");
  await page.getByText(/and every 5 s/).waitFor();
});

test("/health and a banner on every page say that the platform is held, live, until it is resumed", async () => {
  const visitor = await open("/health");
  const { page } = visitor;
  const banner = page.getByRole("status").filter({ hasText: "The platform is held" });
  await page.getByText("The platform is not held").waitFor();
  await stage.must(["platform", "hold"]);
  await banner.getByText(/^admin held it/).waitFor();
  await page.getByText(/^It works, but needs attention: .*the hold$/).waitFor();
  await expectFit(visitor);
  await banner.getByRole("link", { name: "About holds" }).click();
  await page.waitForURL("**/guides/operate/hold");
  await page.getByRole("heading", { level: 1, name: "Hold a platform" }).waitFor();
  await stage.must(["platform", "resume"]);
  await banner.waitFor({ state: "detached" });
});

test("/schedules says due times in words, and which are paused", async () => {
  const visitor = await open("/schedules");
  const { page } = visitor;
  await page.getByText("every day at 02:30").waitFor();
  await page.getByText("Monday to Friday at 09:00").waitFor();
  await page.getByText("Europe/Berlin").waitFor();
  await page.getByText("paused", { exact: true }).last().waitFor();
  await expectFit(visitor);
});

test("/schedules deletes the one of a script after a question, and none of a manifest", async () => {
  const { page } = await open("/schedules?project=acme");
  await page.getByText("every year on 1 January at 07:00").waitFor();
  expect(await page.getByRole("button", { name: /^Delete the schedule of/ }).count()).toBe(1);
  await page.getByRole("button", { name: "Delete the schedule of asks" }).click();
  await page
    .getByRole("dialog")
    .getByText(/no longer start asks/)
    .waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete it" }).click();
  await page.getByText("The schedule of asks was deleted").waitFor();
  await expect.poll(async () => page.getByText("every year on 1 January at 07:00").count()).toBe(0);
});

test("/schedules pauses, resumes and runs one now, and shows its next five times", async () => {
  const visitor = await open("/schedules?project=acme");
  const { page } = visitor;
  await page.getByRole("button", { name: "Show the next five times of nightly" }).click();
  await expect.poll(async () => page.getByRole("dialog").getByRole("listitem").count()).toBe(5);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause the schedule of nightly" }).click();
  await page.getByRole("button", { name: "Resume the schedule of nightly" }).waitFor();
  await expectFit(visitor);
  await page.getByRole("button", { name: "Resume the schedule of nightly" }).click();
  await page.getByRole("button", { name: "Pause the schedule of nightly" }).waitFor();
  await page.getByRole("button", { name: "Run now: the schedule of nightly" }).click();
  await page.waitForURL("**/executions/exe_*");
});

test("/projects/acme/packages/nightly rolls back, and is archived, found again and unarchived", async () => {
  await stage.push("acme/nightly", { "main.sh": "echo off", "manifest.json": { schedule: "30 2 * * *" } });
  const visitor = await open("/projects/acme/packages/nightly?tab=versions");
  const { page } = visitor;
  await page.getByRole("button", { name: "Roll back to version 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await page.getByText("Version 3 has the files of version 1").waitFor();
  await changeBy("Archive", "nightly");
  await page.getByText("This package is archived").waitFor();
  await expect.poll(async () => page.getByRole("link", { name: /^(?:Run|Upload a version)$/ }).count()).toBe(0);
  await expect.poll(async () => page.getByRole("button", { name: /^Roll back/ }).count()).toBe(0);
  await expectFit(visitor);
  await page.getByRole("tab", { name: "Files" }).click();
  await page.getByText(/echo/).first().waitFor();
  expect(await page.getByRole("button", { name: /^Edit/ }).count()).toBe(0);
  await page.getByRole("link", { name: "acme", exact: true }).last().click();
  await page.getByRole("button", { name: "Show archived packages" }).click();
  await page.getByRole("list", { name: "Archived packages" }).getByRole("link", { name: "nightly" }).click();
  await changeBy("Unarchive", "nightly");
  await page.getByText("This package is archived").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Run", exact: true }).waitFor();

  async function changeBy(action: string, name: string): Promise<void> {
    await page.getByRole("button", { name: `More actions of ${name}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
    await page.getByRole("dialog").getByRole("button", { name: action }).click();
  }
});

test("/projects/other is renamed, archived, shown when asked for, and unarchived", async () => {
  await stage.must(["project", "create", "other"]);
  await stage.push("other/inner", { "main.sh": "echo on" });
  const visitor = await open("/projects/other");
  const { page } = visitor;
  await choose("Rename", "other");
  await page.getByLabel("New name").fill("another");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { level: 1, name: "another" }).waitFor();
  await choose("Archive", "another");
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await page.getByText("This project is archived").waitFor();
  await page.getByRole("link", { name: "inner", exact: true }).waitFor();
  await expect.poll(async () => page.getByRole("button", { name: "Run inner now" }).count()).toBe(0);
  await expectFit(visitor);
  // A page of its packages offers nothing that is refused either.
  await page.getByRole("link", { name: "inner", exact: true }).click();
  await page.getByText("This project is archived").waitFor();
  expect(await page.getByRole("link", { name: /^(?:Run|Upload a version)$/ }).count()).toBe(0);
  await page.goto(`${stage.url}/projects/another/packages/inner/run`);
  await page.getByText(/^Its project is archived/).waitFor();
  await page.goto(`${stage.url}/projects/another/upload`);
  await page.getByText("This project is archived").waitFor();
  await page.goto(`${stage.url}/projects`);
  await page.getByRole("link", { name: "acme", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "another", exact: true }).count()).toBe(0);
  await page.getByRole("switch", { name: "Show archived projects" }).click();
  await page.getByRole("link", { name: "another", exact: true }).click();
  await choose("Unarchive", "another");
  await page.getByRole("dialog").getByRole("button", { name: "Unarchive" }).click();
  await page.getByText("This project is archived").waitFor({ state: "detached" });
  // Addresses with the earlier names lead on.
  await stage.must(["package", "rename", "another/inner", "outer"]);
  await page.goto(`${stage.url}/projects/other/packages/inner`);
  await page.getByText("It was renamed to another.").waitFor();
  await page.getByRole("link", { name: "Go to another" }).click();
  await page.getByRole("heading", { level: 1, name: "another" }).waitFor();
  visitor.tolerate(/Failed to load resource.*404/);
  await page.goto(`${stage.url}/projects/another/packages/inner`);
  await page.getByText("The package was renamed to outer.").waitFor();
  await page.getByRole("main").getByRole("link", { name: "outer", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "outer" }).waitFor();

  async function choose(action: string, name: string): Promise<void> {
    await page.getByRole("button", { name: `More actions of ${name}` }).click();
    await page.getByRole("menuitem", { name: action }).click();
  }
});

async function expectFit(visitor: Visit): Promise<void> {
  await atWidths(visitor, [360, 1440], async () => {
    await expectAccessible(visitor.page);
    await expectNoSidewaysScroll(visitor.page);
  });
}

async function open(path: string): Promise<Visit> {
  return visit(`${stage.url}${path}`, { storage });
}
