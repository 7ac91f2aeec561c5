import type { Client } from "@sealrun/client";
import { secretList } from "@sealrun/protocol";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { ask } from "../../support/api.ts";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import {
  expectAccessible,
  expectAskedOnce,
  expectNoSidewaysScroll,
  signIn,
  waitUntilSettled,
} from "../../support/browser-checks.ts";
import { dropFile } from "../../support/drop-file.ts";
import { holdChunk } from "../../support/hold-chunk.ts";
import { sharedStage } from "../../support/stage.ts";
import { until } from "../../support/until.ts";
import { layPackages, runToEnd, untilFocused } from "./journey.ts";

const visit = useBrowser();
const stage = sharedStage();
let client: Client;
let storage: BrowserStorage;

beforeAll(async () => {
  client = await layPackages(stage, "secrets", {
    report: {
      "main.sh": "sealrun-context get TOKEN >/dev/null\necho done\n",
      "manifest.json": { secrets: ["TOKEN", "REGION", "SMTP_PASS"] },
      "secrets.json": { TOKEN: "a token of the package" },
    },
  });
  const place = { scope: "project", project: "secrets" } as const;
  await client.setSecrets(place, new Map([["REGION", "eu-central"]]));
  await client.setSecrets(place, new Map([["TOKEN", "a token of the project"]]));
  await runToEnd(client, { project: "secrets", package: "report", params: {} });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

test("/vault/secrets adds a secret, empties the field and says which version is sealed", async () => {
  const { page } = await open("/vault/secrets");
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill("ADDED");
  await page.getByLabel("Value", { exact: true }).fill("correct horse\nbattery staple");
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText("ADDED, version 1, sealed").waitFor();
  await nameOf(page, "ADDED").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await versionOf("ADDED")).toBe(1);
});

test("/vault/secrets replaces a secret and names the version before it is saved", async () => {
  await setOnPlatform("REPLACED", "the first one");
  const { page } = await open("/vault/secrets");
  await page.getByRole("button", { name: "Replace REPLACED" }).click();
  await page.getByLabel("Value", { exact: true }).fill('{"user": "reporter"}');
  await page.getByText("JSON", { exact: true }).click();
  await page.getByRole("button", { name: "Replace version 1" }).click();
  await page.getByText("REPLACED, version 2, sealed").waitFor();
  expect(await versionOf("REPLACED")).toBe(2);
});

test("/vault/secrets refuses bad names and bad JSON on the spot, and repeats no value", async () => {
  await setOnPlatform("DB_PASS", "known to every reader");
  const { page } = await open("/vault/secrets?add=");
  await page.getByLabel("Name", { exact: true }).fill("1ST");
  await page.getByText(/^A secret name starts with a letter or _/).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("DB_PAS");
  await page.getByRole("dialog").getByRole("button", { name: "DB_PASS" }).click();
  await page.getByRole("button", { name: "Replace version 1" }).waitFor();
  await page.getByText("JSON", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill('{"a": hunter2}');
  await page.getByText(/^Line 1, column 7: expected a value/).waitFor();
  expect(await page.getByRole("dialog").textContent()).not.toContain("hunter2");
  await page.getByText("Text", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill("abc\n");
  await page.getByText(/^Too short to mask/).waitFor();
  await page.getByRole("button", { name: "Remove it" }).click();
  expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("abc");
  for (const empty of ["", " \n"]) {
    await page.getByLabel("Value", { exact: true }).fill(empty);
    await page.getByRole("button", { name: "Replace version 1" }).click();
    await page.getByText('Type a value, or tick "Store an empty text"').waitFor();
  }
  await page.getByText("JSON", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill('""');
  await page.getByRole("button", { name: "Replace version 1" }).click();
  await page.getByText('Type a value, or tick "Store an empty text"').waitFor();
  expect(await versionOf("DB_PASS")).toBe(1);
  await page.getByLabel("Store an empty text").check();
  await page.getByRole("button", { name: "Replace version 1" }).click();
  await page.getByText("DB_PASS, version 2, sealed").waitFor();
});

test("/projects/secrets/packages/report/secrets shows what is missing, what is used, and why", async () => {
  const { page } = await open("/projects/secrets/packages/report/secrets");
  await page.getByText("1 name that the manifest asks for is not set in any scope").waitFor();
  await page.getByText("from the project", { exact: true }).waitFor();
  await page.getByText("overrides project", { exact: true }).waitFor();
  await expectAccessible(page);
  await nameOf(page, "TOKEN").click();
  const details = page.getByRole("dialog");
  await details.getByText("used", { exact: true }).waitFor();
  await details.getByText("Version 1", { exact: true }).waitFor();
  await details.getByText(/^Last read/).waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Add SMTP_PASS" }).click();
  await page.getByLabel("Value", { exact: true }).fill("no longer missing");
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText("SMTP_PASS, version 1, sealed").waitFor();
  await page.getByText(/asks for/).waitFor({ state: "detached" });
});

test("/projects/secrets/secrets says in which packages a secret is overridden", async () => {
  const { page } = await open("/projects/secrets/secrets");
  await page.getByText("overridden in 1 package", { exact: true }).waitFor();
  await client.changePackage("secrets", "report", { archived: true });
  await page.getByText("overridden in 1 package", { exact: true }).waitFor({ state: "detached" });
  await page.getByRole("switch", { name: "Show archived packages that override a name" }).click();
  await page.getByText("overridden in 1 package", { exact: true }).waitFor();
  await client.changePackage("secrets", "report", { archived: false });
});

test("/vault/secrets imports a .env file: names only, what cannot be stored, and one write", async () => {
  await setOnPlatform("IMPORTED_A", "an older one");
  const { page, witness } = await open("/vault/secrets");
  await page.keyboard.press("i");
  await choose(page, "prod.env", "IMPORTED_A=first\n1B=second\nIMPORTED_C='third'\n");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("replaces version 1").waitFor();
  await dialog.getByText(/^prod\.env:2: the text before "=" is not allowed/).waitFor();
  for (const value of ["first", "second", "third"]) expect(await dialog.textContent()).not.toContain(value);
  await expectAccessible(page);
  await dialog.getByLabel("Choose IMPORTED_C").uncheck();
  await dialog.getByRole("button", { name: "Seal and save 1 name" }).click();
  await page.getByText("1 name sealed, all replaced").waitFor();
  expect(await versionOf("IMPORTED_A")).toBe(2);
  expect(await versionOf("IMPORTED_C")).toBeUndefined();
  expect(witness.complaints()).toEqual([]);
});

test("/vault/secrets imports a .json file that is dropped on the page, and Kestra's names on request", async () => {
  const { page } = await open("/vault/secrets");
  const encoded = Buffer.from("decoded").toString("base64");
  await dropFile(page, "secrets.json", JSON.stringify({ SECRET_DROPPED: encoded, OTHER: { a: 1 } }));
  const dialog = page.getByRole("dialog");
  await dialog.getByText("2 names can be stored").waitFor();
  await dialog.getByRole("switch").click();
  await dialog.getByText("1 without SECRET_ left out").waitFor();
  await dialog.getByRole("button", { name: "Seal and save 1 name" }).click();
  await page.getByText("1 name sealed, all new").waitFor();
  expect(await versionOf("DROPPED")).toBe(1);
});

test("/vault/secrets imports an empty value only when its own box is ticked", async () => {
  const { page } = await open("/vault/secrets");
  await page.keyboard.press("i");
  await choose(page, "prod.env", "FULL=first\nEMPTY_A=\nEMPTY_B=''\nPIN=123\n");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("4 names can be stored").waitFor();
  await dialog.getByText("PIN is too short to mask: logs and results of a run show it as it is").waitFor();
  await dialog.getByText("Its value is empty. Tick it to store an empty value.").first().waitFor();
  await expectAccessible(page);
  await dialog.getByLabel("Choose all").uncheck();
  await dialog.getByLabel("Choose all").check();
  await dialog.getByRole("button", { name: "Seal and save 2 names" }).waitFor();
  await dialog.getByLabel("Store an empty value of EMPTY_B").check();
  await dialog.getByRole("button", { name: "Seal and save 3 names" }).click();
  await page.getByText("3 names sealed, all new").waitFor();
  expect(await Promise.all(["FULL", "EMPTY_A", "EMPTY_B"].map(versionOf))).toEqual([1, undefined, 1]);
});

test("/vault/secrets asks before Escape or a button discards a typed value", async () => {
  const { page } = await open("/vault/secrets?add=");
  const value = page.getByLabel("Value", { exact: true });
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await page.getByLabel("Name", { exact: true }).fill("KEPT");
  await value.fill("typed with care");
  await value.press("Escape");
  await question.waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  expect(await value.inputValue()).toBe("typed with care");
  await page.getByRole("button", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Keep typing" }).click();
  expect(await value.inputValue()).toBe("typed with care");
  const stored = await page.evaluate(() => [localStorage, sessionStorage].map((kept) => JSON.stringify(kept)).join(""));
  expect(stored).not.toContain("typed with care");
  await value.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("dialog").first().waitFor({ state: "detached" });
  expect(await versionOf("KEPT")).toBeUndefined();
  // Nothing is typed: nothing is asked.
  await page.keyboard.press("n");
  await untilFocused(page.getByLabel("Name", { exact: true }));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("/vault/secrets asks before the browser's back discards a typed value", async () => {
  const { page } = await open("/guides");
  await page.getByRole("link", { name: "Vault" }).click();
  await page.getByRole("button", { name: "Import", exact: true }).waitFor();
  await waitUntilSettled(page);
  await page.keyboard.press("n");
  const value = page.getByLabel("Value", { exact: true });
  const question = page.getByRole("dialog", { name: "Discard what you typed?" });
  await value.fill("typed with care");
  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Keep typing" }).click();
  await question.waitFor({ state: "detached" });
  expect(await value.inputValue()).toBe("typed with care");
  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Discard" }).click();
  await page.waitForURL("**/guides");
});

test("/vault/secrets asks before Escape or another page discards a file that was read", async () => {
  const { page } = await open("/guides");
  await page.getByRole("link", { name: "Vault" }).click();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await choose(page, "prod.env", "READ_A=first\nREAD_B=second\n");
  const dialog = page.getByRole("dialog", { name: "Import secrets" });
  const question = page.getByRole("dialog", { name: "Discard what you chose?" });
  await dialog.getByLabel("Choose READ_B").uncheck();
  await page.keyboard.press("Escape");
  await question.waitFor();
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  expect(await dialog.getByLabel("Choose READ_B").isChecked()).toBe(false);
  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Discard" }).click();
  await page.waitForURL("**/guides");
});

test("/vault/secrets takes a file that is dropped before the page's code has come", async () => {
  const { page, letGo } = await visitHeld("/vault/secrets", "platform-secrets");
  await dropFile(page, "early.env", "EARLY=1\n");
  letGo();
  await page.getByRole("dialog").getByText("1 name can be stored").waitFor();
});

test("/vault/secrets says file and line of a document that is broken", async () => {
  const { page } = await open("/vault/secrets");
  await dropFile(page, "broken.json", '{\n"A": hunter2}');
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/^broken\.json:2:6: expected a value/).waitFor();
  expect(await dialog.textContent()).not.toContain("hunter2");
});

test("/vault/secrets shows every version with who, how and what ended it", async () => {
  await setOnPlatform("OLD", "the first value");
  await setOnPlatform("OLD", "the second value");
  const { page } = await open("/vault/secrets?open=OLD");
  const details = page.getByRole("dialog");
  await details.getByText("Version 2", { exact: true }).waitFor();
  await details.getByText(/^replaced .* by admin$/).waitFor();
  await details.getByText("No package refers to it, and no run has read it.").waitFor();
});

test("/vault/secrets sends a delete after a wait in which it can be undone", async () => {
  await setOnPlatform("KEPT", "still needed");
  await setOnPlatform("GONE", "no longer needed");
  const { page } = await open("/vault/secrets");
  for (const name of ["KEPT", "GONE"]) {
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText(`Deleting "${name}"`).waitFor();
  }
  await page.getByRole("button", { name: "Undo the delete of KEPT" }).click();
  await page.getByText('Deleted "GONE"').waitFor();
  expect(await versionOf("KEPT")).toBe(1);
  expect(await versionOf("GONE")).toBeUndefined();
});

test("/vault/secrets sends no delete of a page that is left, and says so", async () => {
  await setOnPlatform("LEFT", "still needed");
  const { page, witness } = await open("/vault/secrets");
  await page.getByRole("button", { name: "Delete LEFT" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText('Deleting "LEFT"').waitFor();
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByText('Kept "LEFT": you left the page before the delete was sent').waitFor();
  expect(await versionOf("LEFT")).toBe(1);
  expect(witness.complaints()).toEqual([]);
});

test("/vault/secrets does not say that it keeps what it is deleting when the page is left", async () => {
  await setOnPlatform("SENT", "no longer needed");
  const { page } = await open("/vault/secrets");
  const [sent, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route("**/platform/secrets/SENT?force=true", async (route) => {
    sent.resolve();
    await answer.promise;
    await route.continue();
  });
  await page.getByRole("button", { name: "Delete SENT" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await sent.promise;
  await page.getByRole("link", { name: "Guides" }).click();
  await page.getByRole("heading", { level: 1, name: "Guides" }).waitFor();
  answer.resolve();
  await page.getByText('Deleted "SENT"').waitFor();
  expect(await page.getByText('Kept "SENT"').count()).toBe(0);
  expect(await versionOf("SENT")).toBeUndefined();
});

test("/projects/secrets/packages/report/secrets asks for the name before it deletes what was read lately", async () => {
  const { page } = await open("/projects/secrets/packages/report/secrets");
  await page.getByRole("button", { name: "Delete TOKEN" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: "secrets/report" }).waitFor();
  await dialog.getByText("its manifest lists the name").waitFor();
  expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await dialog.getByLabel(/^Read in the last 30 days/).fill("TOKEN");
  expect(await dialog.getByRole("button", { name: "Delete" }).isEnabled()).toBe(true);
  await dialog.getByRole("button", { name: "Keep" }).click();
});

test("/vault/secrets needs nothing but a keyboard", async () => {
  const { page } = await open("/vault/secrets");
  await page.keyboard.press("n");
  await untilFocused(page.getByLabel("Name", { exact: true }));
  await page.keyboard.type("KEYS_A");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("typed by hand");
  await page.keyboard.press("Control+Enter");
  await page.getByText("KEYS_A, version 1, sealed").waitFor();
  // The message may be there before the dialog is gone, to which all keys belong while it is open.
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("keys_");
  await page.waitForURL((url) => url.searchParams.get("find") === "keys_");
  // The address changes before the list does.
  await expect.poll(async () => page.locator("[data-secret]").count()).toBe(1);
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => focusedName(page)).toBe("KEYS_A");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Version 1", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await until(async () => ((await focusedName(page)) === "KEYS_A" ? true : undefined));
  await page.keyboard.press("x");
  await page.getByText("1 selected").waitFor();
  await page.keyboard.press("Delete");
  await page.getByRole("dialog").getByText("No package refers to it").waitFor();
  // The question takes the focus once it has opened.
  await untilFocused(page.getByRole("dialog").getByRole("button", { name: /^Delete/ }));
  await page.keyboard.press("Enter");
  await page.getByText('Deleting "KEYS_A"').waitFor();
  await page.keyboard.press("z");
  await page.getByText('Deleting "KEYS_A"').waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Import a file").waitFor();
  expect(await versionOf("KEYS_A")).toBe(1);
});

test("/vault/secrets shows what another browser has set, and keeps what is being typed", async () => {
  const first = await open("/vault/secrets");
  const second = await open("/vault/secrets");
  await first.page.keyboard.press("n");
  await first.page.getByLabel("Name", { exact: true }).fill("LIVE");
  await first.page.getByLabel("Value", { exact: true }).fill("half of a val");
  await second.page.keyboard.press("n");
  await second.page.getByLabel("Name", { exact: true }).fill("LIVE");
  await second.page.getByLabel("Value", { exact: true }).fill("set by the other one");
  await second.page.getByRole("button", { name: "Seal and save" }).click();
  await first.page.getByRole("button", { name: "Replace version 1" }).waitFor();
  expect(await first.page.getByLabel("Value", { exact: true }).inputValue()).toBe("half of a val");
});

test("/vault/secrets keeps the dialog and its value when the platform is away, and saves on the next try", async () => {
  const opened = await open("/vault/secrets");
  const { page } = opened;
  opened.tolerate(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|Failed to (?:load|fetch)/);
  await page.keyboard.press("n");
  await page.getByLabel("Name", { exact: true }).fill("AWAY");
  await page.getByLabel("Value", { exact: true }).fill("typed once");
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Seal and save" }).click();
  await page.getByText("Not saved; what you typed is still here").waitFor();
  expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("typed once");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("AWAY, version 1, sealed").waitFor();
  expect(await versionOf("AWAY")).toBe(1);
});

test("/projects/large/secrets asks for each list once, and draws of many names those near the window", async () => {
  await client.createProject("large");
  const many = Array.from({ length: 300 }, (_, index) => [`MANY_${1_000 + index}`, "value"] as const);
  await client.setSecrets({ scope: "project", project: "large" }, new Map(many));
  const { page, witness } = await open("/projects/large/secrets?find=MANY_");
  const table = page.getByRole("table", { name: "Secrets" });
  await nameOf(page, "MANY_1000").waitFor();
  expect(await table.getAttribute("aria-rowcount")).toBe("301");
  expect(await table.getByRole("row").count()).toBeLessThan(100);
  await nameOf(page, "MANY_1000").focus();
  await page.keyboard.press("End");
  await untilFocused(nameOf(page, "MANY_1299"));
  await expectAccessible(page);
  await page.keyboard.press("Home");
  await untilFocused(nameOf(page, "MANY_1000"));
  expectAskedOnce(witness);
  expect(witness.addresses()).toContain(`${stage.url}/api/v1/projects/large/secrets`);
});

test("/vault/secrets is a list of cards on a narrow screen", async () => {
  const { page } = await open("/vault/secrets?add=", 360);
  await page.getByRole("dialog").waitFor();
  await expectNoSidewaysScroll(page);
  await page.keyboard.press("Escape");
  await nameOf(page, "DB_PASS").waitFor();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

/** Opens a page whose own code does not arrive until its requests are let go on. */
async function visitHeld(path: string, chunk: string): Promise<Visit & { readonly letGo: () => void }> {
  const opened = await visit(stage.url, { storage });
  const letGo = await holdChunk(opened.page, chunk);
  await opened.page.goto(`${stage.url}${path}`, { waitUntil: "commit" });
  await opened.page.getByRole("link", { name: "sealrun, all projects" }).waitFor();
  return { ...opened, letGo };
}

async function open(path: string, width = 1440): Promise<Visit> {
  const opened = await visit(`${stage.url}${path}`, { width, storage });
  // Keys that are pressed before a page listens to them are lost.
  await waitUntilSettled(opened.page);
  return opened;
}

async function setOnPlatform(name: string, value: string): Promise<void> {
  await client.setSecrets({ scope: "platform" }, new Map([[name, value]]));
}

async function versionOf(name: string): Promise<number | undefined> {
  const { secrets } = await ask(stage, secretList, ["GET", "/platform/secrets"]);
  return secrets.find((secret) => secret.name === name)?.version;
}

function nameOf(page: Page, name: string) {
  return page.getByRole("table").getByRole("button", { name, exact: true });
}

async function focusedName(page: Page): Promise<string | undefined> {
  return page.evaluate(() =>
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset["secret"] : undefined,
  );
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
}
