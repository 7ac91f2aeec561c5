import { type Client, createClient } from "@sealrun/client";
import { isFinal, jsonValue } from "@sealrun/protocol";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { z } from "zod";
import type { Files, SharedStage } from "../../support/stage.ts";
import { until } from "../../support/until.ts";

/** Makes a project with packages; by requests of this process, since a command takes seconds where others compute. */
export async function layPackages(
  stage: Pick<SharedStage, "url" | "token" | "fingerprint">,
  project: string,
  packages: Readonly<Record<string, Files>>,
): Promise<Client> {
  const client = createClient(stage);
  await client.createProject(project);
  for (const [name, files] of Object.entries(packages)) await pushFiles(client, { project, name }, files);
  return client;
}

/** Pushes the next version of a package; the values in its secrets.json are sealed, as the command does it. */
export async function pushFiles(
  client: Client,
  place: { readonly project: string; readonly name: string },
  { "secrets.json": values = {}, ...files }: Files,
): Promise<void> {
  const bytes = Object.entries(files).map(([path, content]) => ({
    path,
    bytes:
      typeof content === "string" || content instanceof Uint8Array
        ? Buffer.from(content)
        : Buffer.from(JSON.stringify(content)),
  }));
  const secrets = new Map(Object.entries(z.record(z.string(), jsonValue).parse(values)));
  await client.pushPackage({ ...place, files: bytes, secrets, overwrite: true });
}

/** Runs a package to its end, whatever that is, and gives the id of the execution. */
export async function runToEnd(client: Client, target: Parameters<Client["startExecution"]>[0]): Promise<string> {
  const { id } = await client.startExecution(target);
  await until(async () => (isFinal((await client.getExecution(id)).status) ? true : undefined));
  return id;
}

/** Chooses a folder in the dialog that a button of the upload page opens; `open` presses that button. */
export async function chooseFolder(page: Page, folder: string, open?: () => Promise<void>): Promise<void> {
  const press = open ?? (async () => page.getByRole("button", { name: "Choose a folder" }).click());
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press()]);
  await chooser.setFiles(folder);
}

/** Waits until the execution that a page shows has this status, however long it takes; fails at any other end. */
export async function seeStatus(page: Page, status: string): Promise<void> {
  const shown = page.getByRole("status", { name: "Status" });
  const ended = /^(?:succeeded|failed|cancelled|lost)$/;
  const seen = await until(async () => {
    const text = (await shown.textContent()) ?? "";
    return text === status || ended.test(text) ? text : undefined;
  });
  expect(seen).toBe(status);
}

/** The id of the execution whose page is open; waits until it is shown: the address changes before the page does. */
export async function openedExecution(page: Page, besides?: string): Promise<string> {
  await page.waitForURL(
    ({ pathname }) => pathname.startsWith("/executions/exe_") && pathname !== `/executions/${besides}`,
  );
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await page.getByRole("main").getByText(id, { exact: true }).first().waitFor();
  return id;
}

/** Adds a secret on the page of secrets that is open, and waits until it is sealed. */
export async function addSecret(page: Page, name: string, value: string): Promise<void> {
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Value", { exact: true }).fill(value);
  await page.getByRole("button", { name: "Seal and save" }).click();
  // A name of another scope may have said the same a moment ago.
  await page.getByText(`${name}, version 1, sealed`).last().waitFor();
}

/** Presses Tab until this control has the focus; fails when it is not among the next 120. */
export async function tabTo(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  for (let presses = 0; presses < 120; presses += 1) {
    if (await hasFocus(control)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${control.toString()}`);
}

/** Waits until a control has the focus by itself. */
export async function untilFocused(control: Locator): Promise<void> {
  await until(async () => ((await hasFocus(control)) ? true : undefined));
}

async function hasFocus(control: Locator): Promise<boolean> {
  return control.evaluate((element) => element === document.activeElement);
}
