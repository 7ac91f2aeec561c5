import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Wanted } from "../../../packages/cli/src/search/search-files.ts";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { searchBrowser } from "../../support/canary-search.ts";
import { dropPaths } from "../../support/drop-paths.ts";
import { expectNowhere } from "../../support/expect-nowhere.ts";
import { makeZip } from "../../support/make-zip.ts";
import { type RecordingProxy, startRecordingProxy } from "../../support/recording-proxy.ts";
import { openStage, type Stage } from "../../support/stage.ts";

const canary = (label: string): Wanted => ({ label, value: `canary-${randomBytes(20).toString("hex")}` });
/** No value but a name: it goes everywhere that a value must not go, so that the search is known to see. */
const control: Wanted = { label: "control", value: `CONTROL_${randomBytes(12).toString("hex")}` };
const places = ["request body", "response body", "document"];

/** How files get into the page. Stands beside what `write` lays out for it. */
const ways: Readonly<Record<string, (page: Page, files: Readonly<Record<string, string>>) => Promise<void>>> = {
  "a folder that is dropped": async (page, files) => dropPaths(page, [await stage.write(newName(), files)]),
  "a folder that is chosen": async (page, files) => choose(page, "folder", [await stage.write(newName(), files)]),
  "files that are dropped": async (page, files) => dropPaths(page, await writeApart(files)),
  "files that are chosen": async (page, files) => choose(page, "files", await writeApart(files)),
  "a zip that is dropped": async (page, files) => dropPaths(page, [await writeZip(files)]),
  "a zip that is chosen": async (page, files) => choose(page, "zip", [await writeZip(files)]),
};

const visit = useBrowser();
let stage: Stage;
let proxy: RecordingProxy;

beforeAll(async () => {
  stage = await openStage();
  await stage.must(["project", "create", "acme"]);
  proxy = await startRecordingProxy(stage.url);
});

afterAll(async () => {
  await proxy.close();
  await stage.close();
});

test.each(Object.entries(ways))("UploadPage keeps no value of a secrets.json in %s", async (what, give) => {
  const values = {
    text: canary(`text in ${what}`),
    nested: canary(`text inside an object in ${what}`),
    replaced: canary(`text of the next version in ${what}`),
    environment: canary(`value of a .env beside it in ${what}`),
  };
  const name = newName();
  const opened = await open();
  const { page } = opened;
  const script = { "main.sh": "sealrun-context get DEEP | wc -c\n", ".env": `DEEP=${values.environment.value}\n` };
  const first = { [control.value]: values.text.value, DEEP: { list: [values.nested.value] } };
  await give(page, { ...script, "secrets.json": JSON.stringify(first) });
  await page.getByText("2 secrets will be sealed in this browser").waitFor();
  await upload(page, name);
  await page.getByText(`${name} version 1 is uploaded`).waitFor();
  await page.getByRole("button", { name: "Upload another" }).click();
  await give(page, { ...script, "secrets.json": JSON.stringify({ ...first, DEEP: values.replaced.value }) });
  await upload(page, name, 2);
  await page.getByText(`${name} version 2 is uploaded`).waitFor();
  await page.getByRole("link", { name: "See what changed" }).click();
  await page.getByRole("tab", { name: "Secrets" }).click();
  await page.getByText(control.value, { exact: true }).first().waitFor();
  await expectNowhere({ opened, proxy, folder: stage.data }, Object.values(values), { control, places });
});

/** One of each kind: from there on, dropped and chosen are the same. */
const kinds = Object.entries(ways).filter(([what]) =>
  /folder that is dropped|files that are chosen|zip that is dropped/.test(what),
);

test.each(kinds)("UploadPage forgets a secrets.json in %s that is given up or broken", async (what, give) => {
  const values = {
    dropped: canary(`text that is given up in ${what}`),
    broken: canary(`text in broken JSON in ${what}`),
    printed: canary(`text that a script holds too in ${what}`),
  };
  const opened = await open();
  const { page } = opened;
  // Sent, so that the control is where the values must not be.
  await give(page, { "main.sh": "echo\n", "secrets.json": JSON.stringify({ [control.value]: "a value" }) });
  await upload(page, newName());
  await page.getByText("version 1 is uploaded").waitFor();
  await page.getByRole("button", { name: "Upload another" }).click();
  await give(page, { "main.sh": "echo\n", "secrets.json": `{"KEY": "${values.broken.value}" "NEXT": 1}` });
  await page
    .getByText(/secrets\.json:1/)
    .first()
    .waitFor();
  await leave(page);
  const printed = `echo ${values.printed.value}\n`;
  const kept = { KEY: values.dropped.value, OTHER: values.printed.value };
  await give(page, { "main.sh": printed, "secrets.json": JSON.stringify(kept) });
  await page.getByText("main.sh:1 holds the value of OTHER in plain text").waitFor();
  const shown = await searchBrowser(opened, proxy, Object.values(values));
  expect(shown).toEqual([]);
  await leave(page);
  await expectNowhere({ opened, proxy, folder: stage.data }, Object.values(values), {
    control,
    places: ["request body", "response body"],
  });
});

let made = 0;

function newName(): string {
  made += 1;
  return `package-${made}`;
}

/** A package that is not there yet is asked for, and Chromium tells its console of the answer. */
async function open(): Promise<Visit> {
  const opened = await visit(`${proxy.url}/projects/acme/upload`);
  opened.tolerate(/status of 404/);
  await signIn(opened.page, stage);
  await opened.page.getByText("Drop a folder, files or a zip here").waitFor();
  return opened;
}

async function choose(page: Page, kind: "folder" | "files" | "zip", paths: readonly string[]): Promise<void> {
  await page.locator(`input[data-kind="${kind}"]`).setInputFiles(paths);
}

/** What the platform has under the name decides what the button says: the name before may still do so for a moment. */
async function upload(page: Page, name: string, version = 1): Promise<void> {
  const answer =
    version === 1 ? page.waitForResponse((response) => response.url().endsWith(`/packages/${name}`)) : undefined;
  await page.getByLabel("Name of the package").fill(name);
  await answer;
  await page.getByRole("button", { name: version === 1 ? "Upload package" : `Upload version ${version}` }).click();
}

/** To the vault and back within the app: the page is not loaded anew. */
async function leave(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Vault" }).click();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  // The address changes before the page is gone.
  await page.getByRole("heading", { level: 1, name: "Platform secrets" }).waitFor();
  await page.goBack();
  await page.getByText("Drop a folder, files or a zip here").waitFor();
}

async function writeApart(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await stage.write(newName(), files);
  return Object.keys(files).map((path) => join(folder, path));
}

async function writeZip(files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(stage.folder, `${newName()}.zip`);
  const entries = Object.entries(files).map(([name, content]) => ({ name, content, method: 8 }));
  await writeFile(path, makeZip(entries));
  return path;
}
