import type { Client } from "@sealrun/client";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";
import { layPackages, pushFiles } from "./journey.ts";

const visit = useBrowser();
const stage = sharedStage();
let storage: BrowserStorage;
let client: Client;

const fields = [
  { type: "text", name: "customer", label: "Customer", required: true, visible: true },
  { type: "int", name: "days", default: 7, min: 1, max: 31, visible: true },
  { type: "select", name: "format", visible: true, choices: [{ title: "PDF", value: "pdf" }], required: true },
  { type: "multiselect", name: "parts", visible: true, choices: ["a", "b"].map((value) => ({ title: value, value })) },
  { type: "radio", name: "copies", visible: true, choices: [1, 2].map((value) => ({ title: `${value}`, value })) },
  { type: "bool", name: "dry", label: "Dry run", visible: true },
  { type: "text", name: "token", required: true },
  { type: "textarea", name: "note" },
];
const marked = [
  ...fields,
  { type: "text", name: "greeting", required: true, default: "hello" },
  { type: "select", name: "region", visible: true, choices: [{ title: "Europe", value: "eu" }] },
];

beforeAll(async () => {
  client = await layPackages(stage, "runs", {
    report: {
      "main.sh":
        'echo "token of $(sealrun-context param token | wc -c) characters, note of $(sealrun-context param note | wc -l) lines"\n',
      "parameters.json": { fields },
    },
    marks: { "main.sh": "true\n", "parameters.json": { fields: marked } },
    free: { "main.sh": "sealrun-context param COLOUR\n" },
    twice: { "main.sh": "echo first\n" },
    asleep: { "main.sh": "echo\n", "manifest.json": { active: false } },
  });
  await pushFiles(client, { project: "runs", name: "twice" }, { "main.sh": "echo second\n" });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

test("/run says what is wrong as one types, in every field at once, and starts nothing", async () => {
  const { page } = await open("/projects/runs/packages/report/run");
  await page.getByLabel("days").first().fill("99");
  await page.getByText("Expected 31 or less").waitFor();
  await page.getByLabel("days").first().press("ArrowDown");
  await page.getByText("Expected 31 or less").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect.poll(async () => page.getByText("Expected a value, it is required").count()).toBe(3);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("customer");
  await expectAccessible(page);
  expect(page.url()).toContain("/run");
});

test("/run keeps every sealed field from the browser's memory, its corrections and password managers", async () => {
  const { page } = await open("/projects/runs/packages/report/run");
  for (const name of ["token", "note"]) {
    const field = page.getByLabel(name).first();
    const found = await field.evaluate((element) =>
      ["autocomplete", "autocorrect", "autocapitalize", "spellcheck", "data-bwignore", "data-form-type"].map((each) =>
        element.getAttribute(each),
      ),
    );
    expect(found).toEqual(["off", "off", "off", "false", "true", "other"]);
  }
});

test("/run marks what must be filled in, names an optional choice, and has two fields in a row", async () => {
  const { page } = await open("/projects/runs/packages/marks/run");
  const isMarked = async (name: string) =>
    (await page.locator("label", { hasText: name }).first().innerText()).includes("*");
  expect([await isMarked("Customer"), await isMarked("token")]).toEqual([true, true]);
  // It has a default, which an empty sealed field means.
  expect(await isMarked("greeting")).toBe(false);
  await page.getByPlaceholder("Default: hello").waitFor();
  const first = async (name: string) => page.locator(`select[name="${name}"] option`).first().innerText();
  expect([await first("format"), await first("region")]).toEqual(["Choose …", "No choice"]);
  const box = async (name: string) => page.locator(`[name="${name}"]`).boundingBox();
  expect((await box("days"))?.x).toBeGreaterThan(((await box("customer"))?.x ?? 0) + 300);
  expect((await box("note"))?.width).toBeGreaterThan(900);
});

test("/run asks before another page discards what was typed", async () => {
  const { page } = await open("/projects/runs/packages/report/run");
  await page.getByLabel("token").first().fill("typed with care");
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("dialog", { name: "Leave without starting it?" }).getByRole("button", { name: "Stay" }).click();
  expect(await page.getByLabel("token").first().inputValue()).toBe("typed with care");
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.waitForURL("**/guides");
});

test("/run starts with Ctrl+Enter, keeps a sealed value to itself and goes to the execution", async () => {
  const canary = "canary-7f3a-of-a-parameter";
  const { page } = await open("/projects/runs/packages/report/run");
  const bodies: string[] = [];
  page.on("request", (request) => void bodies.push(`${request.url()} ${request.postData() ?? ""}`));
  await page.getByLabel("Customer").fill("Example");
  await page.getByLabel("format").selectOption({ label: "PDF" });
  await page.getByLabel("a", { exact: true }).check();
  await page.getByLabel("2", { exact: true }).check();
  await page.getByLabel("Dry run").check();
  await page.getByLabel("token").first().fill(canary);
  await page.getByLabel("note").first().fill("two\nlines");
  expect(
    await page
      .getByLabel("token")
      .first()
      .evaluate((input) => getComputedStyle(input).getPropertyValue("-webkit-text-security")),
  ).toBe("disc");
  await page.getByLabel("note").first().press("Control+Enter");
  await page.waitForURL("**/executions/exe_*");
  await page.getByRole("status", { name: "Status" }).getByText("succeeded").waitFor();
  await page.getByTestId("log").getByText("token of 26 characters, note of 1 lines").waitFor();
  expect(bodies.filter((body) => body.includes(canary))).toEqual([]);
  expect(bodies.filter((body) => body.includes("Example"))).toHaveLength(1);
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByText("only the run can open it").first().waitFor();
  const kept = await page.evaluate(() => [
    document.documentElement.outerHTML,
    JSON.stringify(Object.entries(localStorage)),
    JSON.stringify(Object.entries(sessionStorage)),
    JSON.stringify(history.state),
  ]);
  expect(kept.filter((text) => text.includes(canary))).toEqual([]);
  const { parameters } = await stage.show(idOf(page));
  expect(parameters.visible).toEqual({
    customer: "Example",
    days: 7,
    format: "pdf",
    parts: ["a"],
    copies: 2,
    dry: true,
  });
  expect(parameters.sealedNames).toEqual(["token", "note"]);
});

test("/run fills visible values from its address, takes no sealed one from there, and runs an earlier version", async () => {
  const { page } = await open("/projects/runs/packages/report/run?days=12&customer=Example&token=in-the-address");
  await page.getByText('"token" is sealed: its value in the address was not used').waitFor();
  expect(await page.getByLabel("days").first().inputValue()).toBe("12");
  expect(await page.getByLabel("Customer").inputValue()).toBe("Example");
  expect(await page.locator('[name="token"]').inputValue()).toBe("");
  await expectAccessible(page);
  await page.goto(`${stage.url}/projects/runs/packages/twice/run`);
  await page.getByRole("combobox", { name: "Version" }).click();
  await page.getByRole("option", { name: /^1, / }).click();
  await page.waitForURL(/version=1/);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL("**/executions/exe_*");
  await page.getByTestId("log").getByText("first", { exact: true }).waitFor();
  expect((await stage.show(idOf(page))).version).toBe(1);
});

test("/run takes any name of a package without a parameters.json", async () => {
  const { page } = await open("/projects/runs/packages/free/run");
  await page.getByRole("button", { name: "Add a parameter" }).click();
  await page.getByLabel("Name").fill("COLOUR");
  await page.getByLabel("Value", { exact: true }).fill("petrol");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL("**/executions/exe_*");
  await page.getByTestId("log").getByText("petrol").waitFor();
});

test("/run with a time keeps the execution waiting, and says until when", async () => {
  const { page } = await open("/projects/runs/packages/free/run");
  await page.getByRole("button", { name: "Priority and start time" }).click();
  await page.getByLabel("Not before").fill("2035-01-02T03:04");
  await page.getByLabel("Priority").selectOption("9");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL("**/executions/exe_*");
  await page.getByText("Waiting", { exact: true }).waitFor();
  const { notBefore, priority } = await stage.show(idOf(page));
  expect([notBefore, priority]).toEqual(["2035-01-02T03:04:00.000Z", 9]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.getByRole("status", { name: "Status" }).getByText("cancelled").waitFor();
});

test("/run of a package that nothing starts says why", async () => {
  const { page } = await open("/projects/runs/packages/asleep/run");
  await page.getByText('Its manifest says "active": false').waitFor();
  expect(await page.getByRole("button", { name: "Run", exact: true }).count()).toBe(0);
});

test("/run keeps what was typed when the platform cannot be reached, and starts once it can", async () => {
  const opened = await open("/projects/runs/packages/free/run");
  opened.tolerate(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  const { page } = opened;
  await page.getByRole("button", { name: "Add a parameter" }).click();
  await page.getByLabel("Name").fill("COLOUR");
  await page.getByLabel("Value", { exact: true }).fill("ultramarine");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("It was not started").waitFor({ timeout: 30_000 });
  expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("ultramarine");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL("**/executions/exe_*");
  await page.getByTestId("log").getByText("ultramarine").waitFor();
});

test("/run fits a narrow page in the dark", async () => {
  const { page } = await open("/projects/runs/packages/report/run", 360);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByRole("button", { name: "Priority and start time" }).click();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

async function open(path: string, width = 1440): Promise<Visit> {
  const opened = await visit(`${stage.url}${path}`, { width, storage });
  await opened.page.getByRole("heading", { level: 1, name: /^Run/ }).waitFor();
  return opened;
}

function idOf(page: Page): string {
  return new URL(page.url()).pathname.split("/").at(-1) ?? "";
}
