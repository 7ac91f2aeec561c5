import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible } from "../../support/browser-checks.ts";
import { type Files, openStage, type Stage } from "../../support/stage.ts";
import { chooseFolder, openedExecution, seeStatus, tabTo, untilFocused } from "./journey.ts";

const visit = useBrowser();
/** For a whole journey of many pages, on a machine that does other things too. */
const journeyMs = 600_000;
let stage: Stage;

const password = "correct horse battery staple";
const report: Files = {
  "1-collect.ts": `import { context, getSecret } from "@sealrun/sdk";
const days = Number(context.params.days);
console.log("connected with", getSecret("LEDGER_PASSWORD"));
for (let day = 1; day <= days; day += 1) {
  console.log(\`day \${day} of \${days}\`);
  await new Promise((resolve) => setTimeout(resolve, 400));
}
context.result({ days, customers: ["Ngata Ltd"] });
`,
  "2-send.sh": 'echo "sent with a note of $(sealrun-context param note | wc -c) characters"\n',
  "secrets.json": { LEDGER_PASSWORD: password },
  "parameters.json": {
    fields: [
      { type: "int", name: "days", label: "Days", default: 7, min: 1, max: 31, visible: true },
      { type: "text", name: "note", label: "Note" },
    ],
  },
  "manifest.json": { description: "Collects the invoices of some days", tags: ["finance"] },
};

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => stage.close());

test(
  "/ leads a developer from the first visit to a green run, a failing one and its repair",
  async () => {
    const { page, context } = await open();
    await page.getByLabel("Token").fill(stage.token);
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("heading", { name: "Two steps to the first run" }).waitFor();
    await page.getByLabel("Name").fill("finance");
    await page.getByRole("button", { name: "Create project" }).click();
    await page.getByRole("heading", { level: 1, name: "finance" }).waitFor();

    await page.getByRole("link", { name: "Upload the first one" }).click();
    await chooseFolder(page, await stage.write("report", report));
    await page.getByText("1 secret will be sealed in this browser; secrets.json is not sent").waitFor();
    await page.getByText("Runs 2 scripts, in this order").waitFor();
    expect(await page.getByLabel("Name of the package").inputValue()).toBe("report");
    expect(await page.content()).not.toContain(password);
    await page.getByRole("button", { name: "Upload package" }).click();
    await page.getByRole("heading", { name: "report version 1 is uploaded" }).waitFor();
    await page.getByText("1 secret sealed in this browser").waitFor();

    await page.getByRole("link", { name: "Run it" }).click();
    await page.getByRole("textbox", { name: /^Days/ }).fill("12");
    await page.getByRole("textbox", { name: /^Note/ }).fill("for the auditors alone");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const first = await openedExecution(page);
    await seeStatus(page, "succeeded");
    await readRun(page);

    await page.getByRole("main").getByRole("link", { name: "finance" }).click();
    await page.getByRole("link", { name: "Last run of report: succeeded" }).waitFor();
    await page.getByRole("main").getByRole("link", { name: "report", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "report", exact: true }).waitFor();

    const second = { ...report, "2-send.sh": 'echo "sent to the archive"\necho "[1]" | sealrun-context result\n' };
    await uploadVersion(page, second, 2);
    await page.getByRole("link", { name: "See what changed" }).click();
    const difference = page.getByRole("region", { name: "Lines that differ" });
    await difference.getByText('echo "sent to the archive"').waitFor();
    await difference.getByText("sent with a note of").waitFor();
    await expectAccessible(page);

    await page.getByRole("main").getByRole("link", { name: "Run", exact: true }).click();
    await page.getByRole("textbox", { name: /^Days/ }).fill("3");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await openedExecution(page, first);
    await seeStatus(page, "succeeded");
    await page.getByRole("tab", { name: "Difference" }).click();
    await page.getByRole("link", { name: first }).waitFor();
    await page
      .getByRole("table", { name: "Parameters" })
      .getByRole("row", { name: /^days 12 3$/ })
      .waitFor();
    await page.getByRole("table", { name: "Version" }).waitFor();

    await page.getByRole("link", { name: "version 2" }).click();
    await uploadVersion(page, { ...second, "2-send.sh": 'echo "the archive is full" >&2\nexit 3\n' }, 3);
    await page.getByRole("link", { name: "Run it" }).click();
    await page.getByRole("textbox", { name: /^Days/ }).fill("1");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await seeStatus(page, "failed");
    const failed = await openedExecution(page);
    const alert = page.getByRole("alert");
    await alert.getByText("2-send.sh ended with exit code 3").waitFor();
    await page.getByTestId("log").getByText("the archive is full").waitFor();
    const [guide] = await Promise.all([
      context.waitForEvent("page"),
      alert.getByRole("link", { name: "Read the guide" }).click(),
    ]);
    await guide.getByRole("heading", { level: 1 }).waitFor();
    expect(new URL(guide.url()).pathname).toMatch(/^\/guides\/./);
    await guide.close();

    await page.getByRole("link", { name: "version 3" }).click();
    await uploadVersion(page, second, 4);
    await page.goto(`${stage.url}/executions/${failed}`);
    await page.getByRole("button", { name: "Run again", exact: true }).click();
    await openedExecution(page, failed);
    await seeStatus(page, "succeeded");
    await page.getByRole("main").getByRole("link", { name: "finance" }).click();
    await page.getByRole("link", { name: "Last run of report: succeeded" }).waitFor();
    await page.getByText("Nothing: the last runs went well").waitFor();
  },
  journeyMs,
);

test(
  "/ leads to a finished run by keyboard alone",
  async () => {
    const { page } = await open();
    const { keyboard } = page;
    await untilFocused(page.getByLabel("Token"));
    await keyboard.type(stage.token);
    await keyboard.press("Enter");

    await tabTo(page, page.getByRole("button", { name: "New project" }));
    await keyboard.press("Enter");
    await untilFocused(page.getByLabel("Name"));
    await keyboard.type("by-hand");
    await keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "by-hand" }).waitFor();

    await tabTo(page, page.getByRole("link", { name: "Upload the first one" }));
    await keyboard.press("Enter");
    const choose = page.getByRole("button", { name: "Choose a folder" });
    await tabTo(page, choose);
    await chooseFolder(page, await stage.write("typed", report), async () => keyboard.press("Enter"));
    await page.getByRole("button", { name: "Upload package" }).waitFor();
    await tabTo(page, page.getByRole("button", { name: "Upload package" }));
    await keyboard.press("Enter");
    await tabTo(page, page.getByRole("link", { name: "Run it" }));
    await keyboard.press("Enter");

    await tabTo(page, page.getByRole("textbox", { name: /^Days/ }));
    await keyboard.press("ArrowUp");
    await tabTo(page, page.getByRole("textbox", { name: /^Note/ }));
    await keyboard.type("typed without a mouse");
    await keyboard.press("Control+Enter");
    await seeStatus(page, "succeeded");

    await tabTo(page, page.getByRole("tab", { name: "Log" }));
    await keyboard.press("ArrowRight");
    const tree = page.getByRole("tree", { name: "Result of 1-collect.ts" });
    await tree.getByRole("treeitem", { name: "days: 8" }).waitFor();
    await keyboard.press("ArrowRight");
    await page.getByRole("link", { name: "service, version 1" }).waitFor();

    await keyboard.press("Control+k");
    await untilFocused(page.getByRole("textbox", { name: "Find" }));
    await keyboard.type("by-hand");
    await page.getByRole("button", { name: "by-hand Project" }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("link", { name: "Last run of typed: succeeded" }).waitFor();
  },
  journeyMs,
);

/** A first visit. Whether a package is there already is asked before an upload, and a browser's console tells of each "no". */
async function open(): Promise<Visit> {
  const opened = await visit(stage.url);
  opened.tolerate(/status of 404.*\/packages\//);
  opened.page.setDefaultTimeout(60_000);
  // From now on a chooser is caught: asked for at the moment of a key press, that comes too late at times.
  opened.page.on("filechooser", () => undefined);
  return opened;
}

/** What one reads of a run: its log with a mask, its results, its receipt and its parameters. */
async function readRun(page: Page): Promise<void> {
  const log = page.getByTestId("log");
  await log.getByText("day 12 of 12").waitFor();
  await log.getByText("sent with a note of 22 characters").waitFor();
  await page.getByTestId("log").focus();
  await page.keyboard.press("Home");
  await log.getByTitle("Masked secret").first().waitFor();
  await page.getByRole("tab", { name: "Results" }).click();
  const tree = page.getByRole("tree", { name: "Result of 1-collect.ts" });
  await tree.getByRole("treeitem", { name: "days: 12" }).waitFor();
  await page.getByRole("tab", { name: "Receipt" }).click();
  await page
    .getByRole("row", { name: /LEDGER_PASSWORD/ })
    .getByRole("link", { name: "service, version 1" })
    .waitFor();
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByRole("row", { name: "days 12" }).waitFor();
  await page.getByRole("row", { name: /^note sealed/ }).waitFor();
  expect(await page.content()).not.toContain("for the auditors alone");
}

/** From the page of the package: the next version, and what the page says of it. */
async function uploadVersion(page: Page, files: Files, version: number): Promise<void> {
  await page.getByRole("link", { name: "Upload a version" }).click();
  await chooseFolder(page, await stage.write(`report-${version}`, files));
  await page.getByRole("button", { name: `Upload version ${version}` }).click();
  await page.getByRole("heading", { name: `report version ${version} is uploaded` }).waitFor();
}
