import { randomBytes } from "node:crypto";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Wanted } from "../../../packages/cli/src/search/search-files.ts";
import { useBrowser } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { searchBrowser } from "../../support/canary-search.ts";
import { dropFile } from "../../support/drop-file.ts";
import { expectNowhere } from "../../support/expect-nowhere.ts";
import { type RecordingProxy, startRecordingProxy } from "../../support/recording-proxy.ts";
import { sharedStage } from "../../support/stage.ts";
import { layPackages } from "./journey.ts";

const places = {
  service: "/projects/canaries/packages/report/secrets",
  project: "/projects/canaries/secrets",
  platform: "/vault/secrets",
} as const;

const canary = (label: string): Wanted => ({ label, value: `canary-${randomBytes(20).toString("hex")}` });
/** No value: a name goes everywhere that a value must not go, so that the search is known to see. */
const control: Wanted = { label: "control", value: `CONTROL_${randomBytes(12).toString("hex")}` };

const inAll = { control, places: ["request body", "response body", "document"] };

const visit = useBrowser();
const stage = sharedStage();
let proxy: RecordingProxy;

beforeAll(async () => {
  await layPackages(stage, "canaries", { report: { "main.sh": "echo done\n" } });
  proxy = await startRecordingProxy(stage.url);
});

afterAll(async () => {
  await proxy.close();
});

test.each(Object.entries(places))(
  "/%s secrets keep no value that was typed, dropped or given up",
  async (scope, path) => {
    const values = {
      text: canary(`text typed on the ${scope} page`),
      json: canary(`JSON typed on the ${scope} page`),
      broken: canary(`broken JSON typed on the ${scope} page`),
      cancelled: canary(`text typed on the ${scope} page and given up`),
      env: canary(`value of a .env file dropped on the ${scope} page`),
      document: canary(`value of a .json file dropped on the ${scope} page`),
      refused: canary(`value of a name that the ${scope} page refuses`),
    };
    const opened = await visit(`${proxy.url}${path}`);
    const { page } = opened;
    await signIn(page, stage);
    await save(page, control.value, { value: values.text.value });
    await save(page, "FROM_JSON", { value: JSON.stringify({ password: values.json.value }), isJson: true });
    await giveUp(page, values.broken.value, true);
    await giveUp(page, values.cancelled.value, false);
    await dropFile(page, "a.env", `FROM_ENV=${values.env.value}\n1REFUSED=${values.refused.value}\n`);
    await finishImport(page);
    await dropFile(page, "a.json", JSON.stringify({ FROM_FILE: { deep: [values.document.value] } }));
    await finishImport(page);
    await page.getByRole("table").getByRole("button", { name: control.value, exact: true }).click();
    await page.getByRole("dialog").getByText("Version 1", { exact: true }).waitFor();

    await expectNowhere({ opened, proxy, folder: stage.data }, Object.values(values), inAll);
  },
);

test("searchBrowser() sees a value while it is typed, and no more once it is saved", async () => {
  const typed = canary("text that is being typed");
  const opened = await visit(`${proxy.url}${places.platform}?add=TYPED`);
  await signIn(opened.page, stage);
  const field = opened.page.getByLabel("Value", { exact: true });
  await field.fill(typed.value);
  const found = await searchBrowser(opened, proxy, [typed]);
  expect(found.map(({ place }) => place)).toContain("field");
  await opened.page.getByRole("button", { name: "Seal and save" }).click();
  await opened.page.getByText("TYPED, version 1, sealed").waitFor();
  await expectNowhere({ opened, proxy, folder: stage.data }, [typed], inAll);
});

async function save(
  page: Page,
  name: string,
  { value, isJson = false }: { readonly value: string; readonly isJson?: boolean },
): Promise<void> {
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (isJson) await page.getByText("JSON", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill(value);
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText(`${name}, version 1, sealed`).waitFor();
}

async function giveUp(page: Page, value: string, isJson: boolean): Promise<void> {
  await page.getByRole("button", { name: "Add a secret" }).click();
  if (isJson) await page.getByText("JSON", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill(`{"a": ${value}`);
  if (isJson) await page.getByText(/^Line 1, column 7/).waitFor();
  await page.getByLabel("Show what I type").check();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").first().waitFor({ state: "hidden" });
}

async function finishImport(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Seal and save 1 name" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
