import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { readZip } from "../../../packages/web/src/pages/upload/drop/read-zip.ts";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { atWidths, expectAccessible, expectNoSidewaysScroll, signIn } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";
import { layPackages, pushFiles, runToEnd } from "./journey.ts";

const visit = useBrowser();
const address = "/projects/one-package/packages/report";
const stage = sharedStage();
let storage: BrowserStorage;

const main = `import { getSecret } from "@sealrun/sdk";\nconst value = getSecret("TOKEN");\nconsole.log("first", value?.length);\n`;
const files = {
  "main.ts": main,
  "lib/rows.csv": "a,b\n1,2\n",
  "lib/picture.bin": new Uint8Array([0, 1, 2, 0xff]),
  "<img src=x onerror=alert(1)>.txt": "<script>alert(1)</script>\u202Egnp.exe\n",
  "manifest.json": {
    description: "Reports <b>boldly</b>",
    version: 7.2,
    author: "Ann <b>Other</b>",
    tags: ["finance", "<i>tag</i>"],
    schedule: "30 2 * * *",
    trigger_events: ["invoice.paid"],
    steps: [{ script: "main.ts", secrets: ["TOKEN", "GONE"], timeout: "5m", retry: 3 }],
  },
  "secrets.json": { TOKEN: "correct horse battery" },
};

beforeAll(async () => {
  const client = await layPackages(stage, "one-package", {
    report: files,
    edited: {
      "main.sh": "echo one\n",
      "lib/note.txt": "kept",
      "windows.csv": "\uFEFFa;b\r\n1;2\n3;4",
      "secrets.json": { KEPT: "a kept value" },
    },
  });
  await pushFiles(
    client,
    { project: "one-package", name: "report" },
    { ...files, "main.ts": main.replace("first", "second"), "added.sh": "echo\n" },
  );
  await runToEnd(client, { project: "one-package", package: "report", params: {} });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

test("PackagePage says what a package is for, what it runs and when, and what is missing", async () => {
  const { page } = await open("");
  await page.getByText("Reports <b>boldly</b>").waitFor();
  await page.getByText("The manifest says release 7.2, by Ann <b>Other</b>").waitFor();
  await page.getByText("<i>tag</i>").waitFor();
  await page.getByText("every day at 02:30 (UTC); on invoice.paid").waitFor();
  await page.getByText("times out after 5 min, up to 3 attempts").waitFor();
  await page.getByText("1 secret is missing").waitFor();
  await page.getByText("sealrun run one-package/report --wait").waitFor();
  await page.getByRole("link", { name: /^Run 1 from the end: succeeded/ }).waitFor();
  await looksRight(page);
  await page.getByRole("link", { name: "Add GONE" }).click();
  await page.waitForURL(`**${address}/secrets?add=GONE`);
});

test("PackagePage shows a script with colours and lines that have an address, and secrets.json nowhere", async () => {
  const { page } = await open("?tab=files");
  const text = page.getByRole("region", { name: "Text of the file" });
  await text.getByText("getSecret").first().waitFor();
  await page.waitForFunction(() => document.querySelector("code span[class*=keyword]") !== null);
  expect(await page.getByText("secrets.json").count()).toBe(0);
  await looksRight(page);
  await text.getByRole("link", { name: "Line 2" }).click();
  await page.waitForURL("**line=2*");
  await page.reload();
  await page.locator("[data-marked]").getByText("value").first().waitFor();
});

test("PackagePage shows file names and text as text, hidden characters by their code points", async () => {
  const { page } = await open("?tab=files");
  await page.getByRole("link", { name: "<img src=x onerror=alert(1)>.txt" }).click();
  await page.getByText("<script>alert(1)</script>").waitFor();
  await page.getByText("U+202E").waitFor();
  await page.getByRole("link", { name: "picture.bin" }).click();
  await page.getByText("This file is not text").waitFor();
});

test("PackagePage downloads a file, and all of a version as a zip that can be uploaded", async () => {
  const { page } = await open("?tab=files&file=lib/rows.csv");
  const one = await download(page, "Download lib/rows.csv");
  expect([one.name, new TextDecoder().decode(one.bytes)]).toEqual(["rows.csv", files["lib/rows.csv"]]);
  const all = await download(page, "Download all as a zip");
  expect(all.name).toBe("report-2.zip");
  const entries = await readZip(all.bytes);
  expect(entries.map(({ path }) => path).toSorted()).toEqual(
    [...Object.keys(files).filter((path) => path !== "secrets.json"), "added.sh"].toSorted(),
  );
});

test("PackagePage tells what changed between two versions, line by line", async () => {
  const { page } = await open("?tab=versions");
  await page.getByText("2 files changed, 4 are the same").waitFor();
  await page.getByText('console.log("first", value?.length);').waitFor();
  await page.getByText('console.log("second", value?.length);').waitFor();
  await looksRight(page);
  await page.getByRole("link", { name: "Version 1", exact: true }).click();
  await page.getByRole("region", { name: "Text of the file" }).getByText('"first"').waitFor();
});

test("PackagePage lists names, versions and last reads of its secrets, and no value", async () => {
  const { page } = await open("?tab=secrets");
  const row = page.getByRole("row").filter({ hasText: "TOKEN" });
  await row.getByText(/version 2/).waitFor();
  expect(await page.content()).not.toContain("correct horse battery");
  await looksRight(page);
  await row.getByRole("link", { name: "TOKEN" }).click();
  await page.waitForURL(`**${address}/secrets?open=TOKEN`);
});

test("PackagePage says that there is no such package", async () => {
  const opened = await visit(`${stage.url}/projects/one-package/packages/gone`, { storage });
  opened.tolerate(/status of 404/);
  await opened.page.getByText("PACKAGE_NOT_FOUND").waitFor();
});

test("PackagePage edits a file into a version with the other files and the same secrets", async () => {
  const { page } = await visit(`${stage.url}/projects/one-package/packages/edited?tab=files&file=main.sh`, { storage });
  await page.getByRole("button", { name: "Edit main.sh" }).click();
  await page.getByLabel("Text of main.sh").fill("echo two\n");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Keep the change" }).click();
  await page.getByRole("region", { name: "Text of the file" }).getByText("echo two").waitFor();
  await page.getByRole("button", { name: "Review the new version" }).click();
  await page.getByRole("button", { name: "Upload version 2" }).click();
  await page.getByRole("heading", { name: "edited version 2 is uploaded" }).waitFor();
  await page.getByText("1 kept from before").waitFor();
  await page.getByRole("link", { name: "See what changed" }).click();
  await page.getByRole("region", { name: "Lines that differ" }).getByText("echo two").waitFor();
  await page.goto(`${stage.url}/projects/one-package/packages/edited?tab=files&file=lib/note.txt`);
  await page.getByRole("region", { name: "Text of the file" }).getByText("kept").waitFor();
});

test("PackagePage keeps every byte of an edited file that was not changed: its mark, its line ends, its missing last one", async () => {
  const { page } = await visit(`${stage.url}/projects/one-package/packages/edited?tab=files&file=windows.csv`, {
    storage,
  });
  await page.getByRole("button", { name: "Edit windows.csv" }).click();
  const field = page.getByLabel("Text of windows.csv");
  expect(await field.inputValue()).toBe("a;b\n1;2\n3;4");
  await field.fill("a;b\n1;2\n3;5");
  await page.getByRole("button", { name: "Keep the change" }).click();
  await page.getByRole("button", { name: "Review the new version" }).click();
  await page.getByRole("button", { name: /^Upload version/ }).click();
  await page.getByRole("heading", { name: /is uploaded$/ }).waitFor();
  await page.goto(`${stage.url}/projects/one-package/packages/edited?tab=files&file=windows.csv`);
  const { bytes } = await download(page, "Download windows.csv");
  expect(bytes.toString()).toBe("\uFEFFa;b\r\n1;2\n3;5");
});

async function open(search: string): Promise<Visit> {
  const opened = await visit(`${stage.url}${address}${search}`, { storage });
  await opened.page.getByRole("tab", { name: "Overview" }).waitFor();
  return opened;
}

async function looksRight(page: Page): Promise<void> {
  await atWidths({ page }, [360, 1440], async () => expectNoSidewaysScroll(page));
  await expectAccessible(page);
}

async function download(page: Page, button: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const [started] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button, exact: true }).click(),
  ]);
  return { name: started.suggestedFilename(), bytes: await readFile(await started.path()) };
}
