import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser } from "../../support/browser.ts";
import { expectAccessible, signIn } from "../../support/browser-checks.ts";
import { dropFile } from "../../support/drop-file.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { addSecret, layPackages, openedExecution, seeStatus } from "./journey.ts";

const visit = useBrowser();
/** For a whole journey of many pages, on a machine that does other things too. */
const journeyMs = 600_000;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await layPackages(stage, "acme", {
    mailer: {
      "main.sh": 'for name in MAIL_KEY REGION SMTP_HOST; do sealrun-context get "$name" >/dev/null; done\n',
      "manifest.json": { secrets: ["MAIL_KEY", "REGION", "SMTP_HOST"] },
    },
  });
});

afterAll(async () => stage.close());

test(
  "/vault/secrets leads an admin from missing names to a run that reads them, a delete and the audit",
  async () => {
    const { page } = await visit(stage.url);
    page.setDefaultTimeout(60_000);
    await signIn(page, stage);

    await page.getByRole("link", { name: "Vault" }).click();
    await page.getByRole("heading", { level: 1, name: "Platform secrets" }).waitFor();
    await addSecret(page, "MAIL_KEY", "a key of the whole platform");
    await importFile(page, "vault.env", "REGION=eu-central\nSMTP_HOST=mail.example.test\n", 2);

    await page.getByRole("link", { name: "sealrun, all projects" }).click();
    await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
    await page.getByRole("link", { name: "acme", exact: true }).click();
    await page.getByRole("link", { name: "Project secrets" }).click();
    await page.getByRole("heading", { level: 1, name: "Secrets of acme" }).waitFor();
    await addSecret(page, "MAIL_KEY", "a key of the project");
    await importFile(page, "project.json", JSON.stringify({ SMTP_HOST: "mail.acme.test" }), 1);

    await goToServiceSecrets(page);
    await rowOf(page, "MAIL_KEY").getByText("from the project", { exact: true }).waitFor();
    await rowOf(page, "REGION").getByText("from the platform", { exact: true }).waitFor();
    await page.getByRole("button", { name: "MAIL_KEY", exact: true }).click();
    const details = page.getByRole("dialog");
    await details.getByRole("listitem").filter({ hasText: "project: set, version 1" }).getByText("used").waitFor();
    await details.getByText("platform: set, version 1 (overridden by a narrower scope)").waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Add here: MAIL_KEY" }).click();
    await page.getByLabel("Value", { exact: true }).fill("a key of the package alone");
    await page.getByRole("button", { name: "Seal and save" }).click();
    await rowOf(page, "MAIL_KEY").getByText("overrides project", { exact: true }).waitFor();

    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("heading", { level: 1, name: "acme", exact: true }).waitFor();
    await page.getByRole("button", { name: "Run mailer now" }).click();
    const id = await openedExecution(page);
    await seeStatus(page, "succeeded");
    await page.getByRole("tab", { name: "Receipt" }).click();
    for (const source of ["service, version 1", "platform, version 1", "project, version 1"]) {
      await page.getByRole("link", { name: source }).waitFor();
    }

    await page.getByRole("link", { name: "platform, version 1" }).click();
    await page.getByRole("button", { name: "Replace REGION" }).click();
    await page.getByLabel("Value", { exact: true }).fill("eu-north");
    await page.getByRole("button", { name: "Replace version 1" }).click();
    await page.getByText("REGION, version 2, sealed").waitFor();
    await page.getByRole("button", { name: "REGION", exact: true }).click();
    await details.getByText("Version 2", { exact: true }).waitFor();
    await details.getByText(/^replaced .* by admin$/).waitFor();
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "detached" });

    await startDelete(page);
    await page.getByRole("button", { name: "Undo the delete of REGION" }).click();
    await page.getByText('Deleting "REGION"').waitFor({ state: "detached" });
    await startDelete(page);
    await page.getByText('Deleted "REGION"').waitFor();
    await rowOf(page, "REGION").waitFor({ state: "detached" });

    await page.getByRole("link", { name: "Audit" }).click();
    const rows = page.getByRole("table", { name: "Rows of the audit" });
    await rows.getByRole("link", { name: "secret.delete" }).first().waitFor();
    await rows.getByRole("link", { name: "secret.set" }).first().click();
    await expect.poll(() => new URL(page.url()).searchParams.get("action")).toBe("secret.set");
    await rows.getByRole("link", { name: "secret.delete" }).first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Check the chain" }).click();
    await page.getByText(/^Nothing was changed: [\d,]+ rows checked$/).waitFor();
    await expectAccessible(page);
    expect((await stage.show(id)).status).toBe("succeeded");
  },
  journeyMs,
);

function rowOf(page: Page, name: string) {
  return page.getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });
}

async function importFile(page: Page, name: string, text: string, count: number): Promise<void> {
  // A file that is dropped while a value is asked for changes nothing.
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await dropFile(page, name, text);
  const names = count === 1 ? "1 name" : `${count} names`;
  await page.getByRole("button", { name: `Seal and save ${names}` }).click();
  await page.getByText(`${names} sealed, all new`).waitFor();
}

async function goToServiceSecrets(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Home" }).click();
  await page.getByRole("heading", { level: 1, name: "acme", exact: true }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "mailer", exact: true }).first().click();
  await page.getByRole("tab", { name: "Secrets" }).click();
  await page.getByRole("link", { name: "Manage secrets" }).click();
  await page.getByRole("heading", { level: 1, name: "Secrets of mailer" }).waitFor();
}

/** What was read lately asks for its name before it goes. */
async function startDelete(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Delete REGION" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: "acme/mailer" }).waitFor();
  await dialog.getByLabel(/^Read in the last 30 days/).fill("REGION");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText('Deleting "REGION"').waitFor();
}
