import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { atWidths, expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { dragPaths, dropPaths } from "../../support/drop-paths.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const visit = useBrowser();
let stage: Stage;
let storage: BrowserStorage;

beforeAll(async () => {
  stage = await openStage();
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  // Nothing is there yet: the page says how to begin.
  await visitor.page.getByRole("heading", { name: "Two steps to the first run" }).waitFor();
  await visitor.page.getByLabel("Name").fill("my project");
  await visitor.page.getByText(/^A project name starts with a letter or digit/).waitFor();
  await visitor.page.getByLabel("Name").fill("acme");
  await visitor.page.getByRole("button", { name: "Create project" }).click();
  await visitor.page.getByRole("heading", { name: "No packages yet" }).waitFor();
  expect(new URL(visitor.page.url()).pathname).toBe("/projects/acme");
  await expectAccessible(visitor.page);
  visitor.assertQuiet();
  storage = await visitor.context.storageState();
  await visitor.close();
  await stage.push("acme/report", { "main.sh": "echo done", "manifest.json": { tags: ["nightly"] } });
  await stage.push("acme/needy", {
    "main.sh": "echo never",
    "manifest.json": { description: "Asks for two secrets", secrets: ["TOKEN", "SMTP_PASS"], pool: "gpu" },
  });
  await stage.push("acme/form", {
    "main.sh": "echo form",
    "parameters.json": { fields: [{ type: "int", name: "days", label: "Days", visible: true }] },
  });
  await stage.push("acme/broken", { "main.sh": "exit 3" });
  await stage.run("acme/broken");
});

afterAll(async () => stage.close());

test("/ shows each project with its packages and how many need attention", async () => {
  const { page } = await open("/");
  await page.getByText("4 packages").waitFor();
  await page.getByText("2 need attention").waitFor();
  await page.getByRole("link", { name: "Open acme" }).click();
  await page.getByRole("heading", { level: 1, name: "acme" }).waitFor();
});

test("/ refuses the name of an existing project, whatever its case", async () => {
  const { page } = await open("/");
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("ACME");
  await page.getByText(/^Project acme already exists/).waitFor();
  expect(await page.getByRole("button", { name: "Create project" }).isDisabled()).toBe(true);
  await expectAccessible(page);
});

test("/ asks before Escape discards the name of a new project", async () => {
  const { page } = await open("/");
  await page.getByRole("button", { name: "New project" }).click();
  const name = page.getByRole("dialog").getByLabel("Name");
  await name.fill("typed");
  await name.press("Escape");
  const question = page.getByRole("dialog", { name: "Discard the name?" });
  await question.getByRole("button", { name: "Keep typing" }).click();
  await question.waitFor({ state: "detached" });
  expect(await name.inputValue()).toBe("typed");
  await name.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
});

test("/projects/acme opens what is missing, and leads to the page that sets it", async () => {
  const { page } = await open("/projects/acme");
  await page.getByRole("button", { name: "2 secrets missing in needy" }).click();
  await page.getByText("Listed in").first().waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Add to the package: TOKEN" }).click();
  await page.waitForURL("**/projects/acme/packages/needy/secrets?add=TOKEN");
});

test("/projects/acme tells what needs attention and why", async () => {
  const { page } = await open("/projects/acme");
  const panel = page.getByRole("region", { name: "Needs attention" });
  await panel.getByRole("link", { name: "Last run failed" }).waitFor();
  await panel.getByRole("link", { name: "Add the secret SMTP_PASS" }).waitFor();
});

test("/projects/acme runs a package by one click and sees it end without a reload", async () => {
  const { page } = await open("/projects/acme");
  await page.getByRole("button", { name: "Run report now" }).click();
  await page.waitForURL("**/executions/exe_*");
  await page.goBack();
  await page.getByRole("link", { name: "Run 1 from the end: succeeded" }).waitFor();
  await stage.run("acme/report");
  await page.getByRole("list", { name: "Last runs of report, the newest last" }).getByRole("link").nth(1).waitFor();
  const recent = page.getByRole("region", { name: "Recent executions" }).getByRole("link", { name: "report" });
  await recent.nth(1).waitFor();
});

test("/projects/acme opens the form of a package with parameters", async () => {
  const { page } = await open("/projects/acme");
  await page.getByRole("link", { name: "Run form with parameters" }).click();
  await page.waitForURL("**/packages/form/run");
});

test("/projects/acme leads to the upload when files are dropped on it, and stays when they only cross it", async () => {
  const opened = await open("/projects/acme");
  const { page } = opened;
  // The page asks whether there is a package of that name, and may have heard so before the test ends.
  opened.tolerate(/status of 404.*\/packages\/dragged/);
  const folder = await stage.write("dragged", { "main.sh": "echo dragged\n" });
  await page.getByRole("link", { name: "report", exact: true }).first().waitFor();
  await dragPaths(page, [folder]);
  await page.getByText("Drop to upload").waitFor();
  await page.mouse.move(300, 300);
  await page.getByText("Drop to upload").waitFor({ state: "detached" });
  expect(new URL(page.url()).pathname).toBe("/projects/acme");
  await dropPaths(page, [folder]);
  await page.waitForURL("**/projects/acme/upload");
  await page.getByText("1 file, 13 bytes", { exact: true }).first().waitFor();
});

test("/projects/acme has one stop of Tab for the last runs of a package, and arrows between them", async () => {
  await stage.run("acme/report");
  await stage.run("acme/report");
  const { page } = await open("/projects/acme");
  const bars = page.getByRole("list", { name: "Last runs of report, the newest last" }).getByRole("link");
  await bars.nth(1).waitFor();
  expect(await bars.and(page.locator("[tabindex='0']")).count()).toBe(1);
  await bars.last().focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => bars.nth(-2).evaluate((bar) => bar === document.activeElement)).toBe(true);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  expect(await bars.nth(-2).evaluate((bar) => bar === document.activeElement)).toBe(true);
});

test("/projects/acme has all its tags behind a button, and buttons to run of one width", async () => {
  const tags = Array.from({ length: 20 }, (_, index) => `area-${String(index).padStart(2, "0")}`);
  await stage.must(["project", "create", "tagged"]);
  await stage.push("tagged/one", { "main.sh": "echo one", "manifest.json": { tags: tags.slice(0, 10) } });
  await stage.push("tagged/two", { "main.sh": "echo two", "manifest.json": { tags: tags.slice(10) } });
  const { page } = await open("/projects/tagged");
  const group = page.getByRole("group", { name: "Tags" });
  await page.getByRole("button", { name: "All 20 tags" }).click();
  await group.getByRole("button", { name: "area-19" }).click();
  await page.waitForURL("**/projects/tagged?tag=area-19");
  await page.getByRole("button", { name: "Fewer tags" }).click();
  await group.getByRole("button", { name: "area-19" }).waitFor();
  await expectAccessible(page);
  await page.goto(`${stage.url}/projects/acme`);
  const widths = await Promise.all(
    [
      page.getByRole("link", { name: "Run form with parameters" }),
      page.getByRole("button", { name: "Run report now" }),
    ].map(async (run) => (await run.boundingBox())?.width),
  );
  expect(widths[0]).toBe(widths[1]);
});

test("/projects/nope says on each page that there is no such project, and offers nothing of it", async () => {
  for (const path of ["", "/secrets", "/upload", "/packages/x", "/packages/x/run"]) {
    const visitor = await visit(`${stage.url}/projects/nope${path}`, { storage });
    visitor.tolerate(/404/);
    const { page } = visitor;
    await page.getByRole("heading", { level: 1, name: "No such project" }).waitFor();
    await page.getByText("There is no project nope").waitFor();
    await page.getByRole("button", { name: "All projects" }).waitFor();
    await page.getByRole("navigation", { name: "Pages" }).getByText("Platform", { exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "Project secrets" }).count()).toBe(0);
    expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
    await expectAccessible(page);
    await visitor.close();
  }
});

test("/projects/:project cuts a long name in the bar with dots, and has all of it in the heading", async () => {
  const name = "data-platform-and-reporting-of-the-whole-group";
  await stage.must(["project", "create", name]);
  const { page } = await open(`/projects/${name}`);
  await page.setViewportSize({ width: 360, height: 900 });
  const label = page.getByRole("button", { name, exact: true }).locator(".mantine-Button-label > span");
  expect(await label.evaluate((element) => getComputedStyle(element).textOverflow)).toBe("ellipsis");
  expect(await label.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
  expect(await page.getByRole("button", { name, exact: true }).getAttribute("title")).toBe(name);
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await expectNoSidewaysScroll(page);
});

test("/projects/acme narrows packages by words and a tag that the address keeps", async () => {
  const { page } = await open("/projects/acme");
  await page.getByRole("button", { name: "Show packages with the tag nightly" }).click();
  await page.waitForURL("**/projects/acme?tag=nightly");
  await expect.poll(async () => page.getByRole("button", { name: /^Run .* now$/ }).count()).toBe(1);
  await page.getByLabel("Search packages").fill("secrets");
  await page.getByText("No package matches.").waitFor();
  await page.reload();
  expect(await page.getByLabel("Search packages").inputValue()).toBe("secrets");
  await page.getByText("No package matches.").waitFor();
});

test("/projects/acme is accessible and fits every width", async () => {
  const visitor = await open("/projects/acme");
  await visitor.page.getByRole("region", { name: "Recent executions" }).getByRole("link").nth(1).waitFor();
  await atWidths(visitor, [360, 800, 1440], async () => {
    await expectAccessible(visitor.page);
    await expectNoSidewaysScroll(visitor.page);
  });
});

async function open(path: string): Promise<Visit> {
  return visit(`${stage.url}${path}`, { storage });
}
