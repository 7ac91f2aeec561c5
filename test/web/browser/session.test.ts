import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible, signIn } from "../../support/browser-checks.ts";
import { asPage } from "../../support/sign-in.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { chooseFolder, layPackages, openedExecution, seeStatus } from "./journey.ts";

const visit = useBrowser();
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await layPackages(stage, "acme", {
    report: {
      "main.sh": 'echo "note of $(sealrun-context param note | wc -c) characters"\n',
      "parameters.json": { fields: [{ type: "text", name: "note", label: "Note" }] },
    },
  });
});

afterAll(async () => stage.close());

test("/vault/secrets asks to sign in again in front of what is typed, and then saves it", async () => {
  const opened = await open("/vault/secrets");
  const { page } = opened;
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill("HALF_TYPED");
  await page.getByLabel("Value", { exact: true }).fill("typed before the end");
  await endSession(opened);
  await signInAgain(page);
  expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("HALF_TYPED");
  expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("typed before the end");
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText("HALF_TYPED, version 1, sealed").waitFor();
});

test("/run keeps its form when the session ends while it is filled in", async () => {
  const opened = await open("/projects/acme/packages/report/run");
  const { page } = opened;
  await page.getByLabel("Note").fill("a long explanation");
  await endSession(opened);
  await signInAgain(page);
  expect(await page.getByLabel("Note").inputValue()).toBe("a long explanation");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await openedExecution(page);
  await seeStatus(page, "succeeded");
  await page.getByTestId("log").getByText("note of 18 characters").waitFor();
});

test("/projects/acme/upload keeps the folder that was chosen, its secrets too", async () => {
  const opened = await open("/projects/acme/upload");
  const { page } = opened;
  const folder = await stage.write("late", {
    "main.sh": "echo late\n",
    "secrets.json": { KEY: "a key of the package" },
  });
  await chooseFolder(page, folder);
  await page.getByText("1 secret will be sealed in this browser").waitFor();
  await endSession(opened);
  await signInAgain(page);
  await page.getByRole("button", { name: "Upload package" }).click();
  await page.getByText("1 secret sealed in this browser").waitFor();
});

test("/vault/secrets of one window asks again when another window of the browser signs out", async () => {
  const opened = await open("/vault/secrets");
  const { page } = opened;
  opened.tolerate(/401/);
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill("OTHER_WINDOW");
  await page.getByLabel("Value", { exact: true }).fill("typed in the first window");
  const other = await opened.context.newPage();
  await other.goto(stage.url);
  await other.getByRole("button", { name: /^Account of/ }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await other.getByRole("heading", { name: "Sign in to sealrun" }).waitFor();
  await signInAgain(page);
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText("OTHER_WINDOW, version 1, sealed").waitFor();
});

async function open(path: string): Promise<Visit> {
  const opened = await visit(`${stage.url}${path}`);
  await signIn(opened.page, stage);
  opened.page.setDefaultTimeout(60_000);
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

/** Ends the session of a browser from elsewhere; its page has done nothing. */
async function endSession(opened: Visit): Promise<void> {
  // Whether a package is there already is asked before an upload: 404 says no.
  opened.tolerate(/status of 40[14]/);
  const [cookie] = await opened.context.cookies();
  const headers = asPage(`${cookie?.name}=${cookie?.value}`);
  const answer = await fetch(`${stage.url}/api/v1/session`, { method: "DELETE", headers });
  expect(answer.ok).toBe(true);
}

async function signInAgain(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await dialog.waitFor({ timeout: 90_000 });
  await expectAccessible(page);
  await dialog.getByLabel("Token").fill(stage.token);
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.waitFor({ state: "detached" });
}
