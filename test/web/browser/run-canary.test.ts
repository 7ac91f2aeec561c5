import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Wanted } from "../../../packages/cli/src/search/search-files.ts";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { searchBrowser } from "../../support/canary-search.ts";
import { expectNowhere } from "../../support/expect-nowhere.ts";
import { type RecordingProxy, startRecordingProxy } from "../../support/recording-proxy.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const canary = (label: string): Wanted => ({ label, value: `canary-${randomBytes(20).toString("hex")}` });
/** What a visible parameter holds: it goes everywhere that a sealed one must not go, so that the search is known to see. */
const control: Wanted = { label: "control", value: `control-${randomBytes(12).toString("hex")}` };
const places = ["request body", "response body", "document"];

const fields = [
  { type: "text", name: "customer", visible: true },
  { type: "text", name: "token" },
  { type: "textarea", name: "note" },
  { type: "int", name: "pin" },
];
const script = 'echo "$(sealrun-context param token | wc -c) and $(sealrun-context param note | wc -l)"\n';

const visit = useBrowser();
let stage: Stage;
let proxy: RecordingProxy;

beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
  await stage.push("acme/report", { "main.sh": script, "parameters.json": { fields } });
  await stage.push("acme/free", { "main.sh": "sealrun-context param COLOUR | wc -c\n" });
  proxy = await startRecordingProxy(stage.url);
});

afterAll(async () => {
  await proxy.close();
  await stage.close();
});

test("/run keeps no sealed parameter of a run, nor of the same run again", async () => {
  const values = { token: canary("a sealed text"), note: canary("a sealed text of several lines") };
  const opened = await open("report");
  const { page } = opened;
  await page.getByLabel("customer").fill(control.value);
  await page.getByLabel("token").first().fill(values.token.value);
  await page.getByRole("button", { name: "Show what is typed" }).first().click();
  await page.getByLabel("note").first().fill(`first\n${values.note.value}\n`);
  await start(page);
  await ended(page, "succeeded");
  await page.getByTestId("log").getByText("47 and 2").waitFor();
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByText(control.value).first().waitFor();
  await page.getByText("only the run can open it").first().waitFor();
  await nowhere(opened, Object.values(values));
});

test("/run keeps no sealed parameter of a form that was wrong, refused or left", async () => {
  const values = { token: canary("a sealed text that is left"), pin: canary("no number in a sealed number") };
  const opened = await open("report");
  const { page } = opened;
  await page.getByLabel("customer").fill(control.value);
  await start(page);
  await ended(page, "succeeded");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: /^Run/ }).waitFor();
  await page.getByLabel("token").first().fill(values.token.value);
  await page.getByLabel("pin").first().fill(values.pin.value);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText(/^Expected a whole number/).waitFor();
  const typed = await searchBrowser(opened, proxy, Object.values(values));
  // Where somebody types it, a value is; nowhere else.
  expect(typed.map(({ place }) => place)).toContain("field");
  expect(typed.filter(({ place }) => place !== "field" && place !== "document")).toEqual([]);
  await page.getByRole("link", { name: "Executions" }).first().click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  // The address changes before the form is gone.
  await page.getByRole("heading", { level: 1, name: "Executions" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: /^Run/ }).waitFor();
  expect(await page.getByLabel("token").first().inputValue()).toBe("");
  await nowhere(opened, Object.values(values), ["request body", "response body"]);
});

test("/run keeps no sealed parameter of a run that is cancelled before it starts", async () => {
  const value = canary("a sealed text of a run that is cancelled");
  const opened = await open("report");
  const { page } = opened;
  await page.getByLabel("customer").fill(control.value);
  await page.getByLabel("token").first().fill(value.value);
  await page.getByRole("button", { name: "Priority and start time" }).click();
  await page.getByLabel("Not before").fill("2035-01-02T03:04");
  await start(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await ended(page, "cancelled");
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByText(control.value).first().waitFor();
  await nowhere(opened, [value]);
});

test("/run keeps no parameter of a package without a parameters.json", async () => {
  const value = canary("a text for a name of no form");
  const opened = await open("free");
  const { page } = opened;
  await page.getByRole("button", { name: "Add a parameter" }).click();
  // All of them are sealed, so that a name is the control.
  await page.getByLabel("Name").fill(control.value);
  await page.getByLabel("Value", { exact: true }).fill(value.value);
  await start(page);
  await ended(page, "succeeded");
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByText(control.value).first().waitFor();
  await nowhere(opened, [value]);
});

async function nowhere(opened: Visit, values: readonly Wanted[], expected = places): Promise<void> {
  await expectNowhere({ opened, proxy, folder: stage.data }, values, { control, places: expected });
}

async function open(name: string): Promise<Visit> {
  const opened = await visit(`${proxy.url}/projects/acme/packages/${name}/run`);
  await signIn(opened.page, stage);
  await opened.page.getByRole("heading", { level: 1, name: /^Run/ }).waitFor();
  return opened;
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL("**/executions/exe_*");
}

async function ended(page: Page, status: string): Promise<void> {
  await page.getByRole("status", { name: "Status" }).getByText(status).waitFor();
}
