import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser } from "../../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, signIn, waitUntilSettled } from "../../support/browser-checks.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const visit = useBrowser();
let stage: Stage;
let storage: BrowserStorage;
let ran: string;

beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
  await stage.must(["project", "create", "other"]);
  await stage.push("acme/report", {
    "main.sh": "sealrun-context get TOKEN >/dev/null",
    "secrets.json": { TOKEN: "a-token" },
  });
  ran = (await stage.run("acme/report")).id;
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test("/audit shows who did what, and narrows to an object by a click that the address keeps", async () => {
  const page = await open("/audit");
  await row(page, "package.push").getByText("TOKEN", { exact: true }).waitFor();
  await row(page, "execution.start").getByText(ran, { exact: true }).waitFor();
  await row(page, "execution.start").getByRole("link", { name: "acme/report", exact: true }).click();
  await page.waitForURL(new RegExp(`/audit\\?object=${ran}$`));
  await page.getByRole("link", { name: "package.push" }).waitFor({ state: "detached" });
  expect(await page.getByRole("combobox", { name: "Object" }).inputValue()).toBe(ran);
  await row(page, "execution.claim").getByText("TOKEN@1").waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 900 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await row(page, "execution.start")
    .getByRole("link", { name: `Open execution ${ran}` })
    .click();
  await page.getByRole("heading", { level: 1, name: "report" }).waitFor();
});

test("/audit narrows by what is typed and chosen, and shows everything again", async () => {
  const page = await open("/audit");
  await page.getByRole("combobox", { name: "Action" }).fill("project");
  await page.keyboard.press("Enter");
  await page.waitForURL(/action=project/);
  await page.getByText("2 rows", { exact: true }).waitFor();
  await page.getByRole("combobox", { name: "Actor" }).fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("No row matches").waitFor();
  await page.getByRole("button", { name: "Show everything" }).click();
  await row(page, "package.push").waitFor();
  expect(new URL(page.url()).search).toBe("");
  expect(await page.getByRole("combobox", { name: "Actor" }).inputValue()).toBe("");
  await page.goto(`${stage.url}/audit?project=other&span=1h`);
  await page.getByText("1 row", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "As CSV" }).click(),
  ]);
  const lines = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n");
  expect(lines).toEqual([
    "seq,at,actor,action,object,objectName,detail,requestId",
    expect.stringContaining(",project.create,"),
  ]);
});

test("/audit offers packages and actors by name, and the actions of its rows", async () => {
  const page = await open("/audit");
  const object = page.getByRole("combobox", { name: "Object" });
  await object.fill("rep");
  await page.getByRole("option", { name: "acme/report" }).click();
  await page.waitForURL(/object=acme%2Freport$/);
  await row(page, "package.push").getByRole("link", { name: "acme/report", exact: true }).waitFor();
  expect(await object.inputValue()).toBe("acme/report");
  await page.getByRole("combobox", { name: "Action" }).fill("package.p");
  await page.getByRole("option", { name: "package.push" }).click();
  await page.getByText("1 row", { exact: true }).waitFor();
  // None of the loaded rows has it.
  await page.getByRole("combobox", { name: "Actor" }).fill("exr_");
  await page.getByRole("option", { name: /^executor exr_/ }).waitFor();
  await expectAccessible(page);
});

test("/audit keeps filters under a name, goes back to them and removes them", async () => {
  const page = await open("/audit?action=project");
  const views = page.getByRole("button", { name: "Views" });
  await views.click();
  await page.getByRole("menuitem", { name: "Save or remove views" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Projects");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Show everything" }).click();
  await views.click();
  await page.getByRole("menuitem", { name: "Projects" }).click();
  await page.waitForURL(/\/audit\?action=project$/);
  await views.click();
  await page.getByRole("menuitem", { name: "Save or remove views" }).click();
  await page.getByRole("button", { name: "Remove the view Projects" }).click();
  expect(await page.evaluate(() => localStorage.getItem("sealrun-views-audit"))).toBeNull();
});

test("/audit checks its chain and says what that shows", async () => {
  const page = await open("/audit");
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText(/^Nothing was changed: \d+ rows checked$/).waitFor();
  await page.getByText(/^The checkpoint of this platform, link \d+, is in the chain\.$/).waitFor();
  await expectAccessible(page);
});

test("/audit says why it could not be checked, and tries again", async () => {
  const opened = await visit(`${stage.url}/audit`, { storage });
  opened.tolerate(/Failed to load resource.*503/);
  const { page } = opened;
  await waitUntilSettled(page);
  const body = { error: { code: "POSTGRES_UNREACHABLE", message: "PostgreSQL cannot be reached", requestId: "req_1" } };
  await page.route("**/audit/verification", async (route) => route.fulfill({ status: 503, json: body }));
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByRole("alert").getByText("PostgreSQL cannot be reached").waitFor();
  expect(await page.getByRole("link", { name: "Read the guide" }).getAttribute("href")).toBe("/guides/operate#parts");
  await page.unroute("**/audit/verification");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText(/^Nothing was changed/).waitFor();
});

async function open(path: string): Promise<Page> {
  const { page } = await visit(`${stage.url}${path}`, { storage });
  await waitUntilSettled(page);
  return page;
}

/** The newest row of an action. */
function row(page: Page, action: string) {
  return page
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name: action, exact: true }) })
    .first();
}
