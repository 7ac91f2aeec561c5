import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser } from "../../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, signIn, waitUntilSettled } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";

const visit = useBrowser();
const stage = sharedStage();
let storage: BrowserStorage;

beforeAll(async () => {
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

test("/guides lists every guide and finds words in them as somebody types", async () => {
  const page = await open("/guides");
  for (const title of ["Start", "Script API", "Security model", "Commands"]) {
    await page.getByRole("link", { name: new RegExp(`^${title}`) }).waitFor();
  }
  await page.getByLabel("Search the guides").fill("masking");
  await page.waitForURL(/\?find=masking$/);
  await page.getByRole("link", { name: "Secrets / Masking" }).click();
  await page.waitForURL(/\/guides\/secrets#masking$/);
  await expectInView(page, "masking");
  await page.goBack();
  await page.getByRole("link", { name: "Secrets / Masking" }).waitFor();
  expect(await page.getByLabel("Search the guides").inputValue()).toBe("masking");
  await page.getByLabel("Search the guides").fill("qqqqq");
  await page.getByText("No guide has qqqqq").waitFor();
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("link", { name: /^Script API/ }).waitFor();
});

test("/guides/secrets opens at a heading, leads on to others and fits every width", async () => {
  const page = await open("/guides/secrets#masking");
  await expectInView(page, "masking");
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Receipts" }).click();
  await page.waitForURL(/#receipts$/);
  await expectInView(page, "receipts");
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 900 });
  await page.getByRole("button", { name: "On this page" }).click();
  await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "Audit" }).click();
  await page.waitForURL(/#audit$/);
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.evaluate("globalThis.isSamePage = true");
  await page
    .getByRole("navigation", { name: "Other guides" })
    .getByRole("link", { name: "References in text" })
    .click();
  await page.getByRole("heading", { level: 1, name: "References in text" }).waitFor();
  await page.locator("article").getByRole("link", { name: "receipt" }).click();
  await page.getByRole("heading", { level: 1, name: "Secrets" }).waitFor();
  expect(await page.evaluate("globalThis.isSamePage")).toBe(true);
});

test("/guides and each of them are accessible", async () => {
  const page = await open("/guides");
  const links = await page.locator("main a[href^='/guides/']").all();
  const paths = new Set(await Promise.all(links.map(async (link) => (await link.getAttribute("href")) ?? "")));
  expect(paths.size).toBeGreaterThan(10);
  for (const path of paths) {
    await page.goto(`${stage.url}${path}`);
    await waitUntilSettled(page);
    await expectAccessible(page);
  }
});

test("/guides/start colours code as text and copies it", async () => {
  const page = await open("/guides/start");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const code = page.locator("article pre").filter({ hasText: "getSecret" }).first();
  await code.locator("span[class]").first().waitFor();
  // It says "Copied" for a second only.
  await Promise.all([
    page.getByRole("button", { name: "Copied" }).waitFor(),
    code.locator("xpath=..").getByRole("button", { name: "Copy" }).click(),
  ]);
  expect(await page.evaluate(async () => navigator.clipboard.readText())).toBe(await code.innerText());
});

test("/guides/nothing-here says so and leads back", async () => {
  const page = await open("/guides/nothing-here");
  await page.getByRole("link", { name: "All guides" }).click();
  await page.getByRole("heading", { level: 1, name: "Guides" }).waitFor();
});

test("/guides finds a heading of a guide by Ctrl+K and goes there by keyboard alone", async () => {
  const page = await open("/health");
  await page.keyboard.press("Control+k");
  const field = page.getByRole("searchbox", { name: "Find" }).or(page.getByRole("textbox", { name: "Find" }));
  await field.fill("A user for each sl");
  await page.getByText("Guide: Contain scripts").first().waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/guides\/operate\/contain#a-user-for-each-slot$/);
  await expectInView(page, "a-user-for-each-slot");
});

test("/guides can be read before anybody signs in, from the page that asks for it and back", async () => {
  const { page } = await visit(stage.url);
  await page.getByRole("link", { name: "How this platform protects secrets" }).click();
  await page.getByRole("heading", { level: 1, name: "Security model" }).waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 900 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.getByRole("navigation", { name: "Other guides" }).getByRole("link").first().click();
  await page.waitForURL((url) => !url.pathname.endsWith("/security-model"));
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Token").waitFor();
});

async function open(path: string): Promise<Page> {
  const { page } = await visit(`${stage.url}${path}`, { storage });
  await waitUntilSettled(page);
  return page;
}

/** Waits until an element is in the window, below the header. */
async function expectInView(page: Page, id: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const top = document.getElementById(wanted)?.getBoundingClientRect().top ?? -1;
    return top >= 56 && top < innerHeight;
  }, id);
}
