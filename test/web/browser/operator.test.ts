import type { Client } from "@sealrun/client";
import { isFinal } from "@sealrun/protocol";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible, signIn } from "../../support/browser-checks.ts";
import { processesNaming } from "../../support/processes.ts";
import { startSecondExecutor } from "../../support/second-executor.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { until } from "../../support/until.ts";
import { layPackages, seeStatus } from "./journey.ts";

const visit = useBrowser();
/** For a whole journey of many pages, on a machine that does other things too. */
const journeyMs = 600_000;
let stage: Stage;
let client: Client;
let storage: BrowserStorage;

beforeAll(async () => {
  stage = await openStage();
  const endless = "for second in $(seq 1 100000); do echo second $second; sleep 1; done\n";
  client = await layPackages(stage, "acme", {
    quick: { "main.sh": "echo done\n", "manifest.json": { schedule: "30 2 * * *" } },
    endless: { "main.sh": endless },
    forecast: { "main.sh": endless, "manifest.json": { pool: "gpu", on_lost: "fail" } },
  });
  await layPackages(stage, "other", { broken: { "main.sh": "exit 3\n" } });
  const ids = [await start("acme/quick"), await start("acme/quick"), await start("other/broken")];
  for (const id of ids) await until(async () => (isFinal((await client.getExecution(id)).status) ? true : undefined));
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test(
  "/executions keeps its filters in the address, through a reload, back and forward",
  async () => {
    const { page } = await open("/projects/acme");
    await page.getByRole("link", { name: "sealrun, all projects" }).click();
    // Until the page has changed, the link "Executions" is that of the project, which narrows the list to it.
    await page.getByRole("heading", { level: 1, name: "Projects" }).waitFor();
    await page.getByRole("link", { name: "Executions", exact: true }).click();
    const table = page.getByRole("table", { name: "Executions, the newest first" });
    await expectRows(page, 3);
    await page.getByText("succeeded 2", { exact: true }).waitFor();
    await page.getByText("failed 1", { exact: true }).click();
    await expectRows(page, 1);
    await table.getByRole("link", { name: "broken" }).waitFor();
    expect(new URL(page.url()).search).toContain("failed");
    await page.reload();
    await expectRows(page, 1);
    await page.goBack();
    await expectRows(page, 3);
    await page.goForward();
    await expectRows(page, 1);
    await page.goBack();
    await expectRows(page, 3);
    await page.getByPlaceholder("All projects").click();
    await page.getByRole("option", { name: "acme" }).click();
    await expectRows(page, 2);
    expect(new URL(page.url()).searchParams.get("project")).toBe("acme");
    await page.getByRole("button", { name: "Show as a table" }).click();
    const overTime = page.getByRole("table", { name: "Executions over time" });
    expect(await overTime.getByRole("row").count()).toBeGreaterThan(1);
    await expectAccessible(page);
    await page.getByRole("link", { name: "Schedules" }).click();
    await page.getByRole("row").filter({ hasText: "30 2 * * *" }).getByRole("link", { name: "quick" }).waitFor();
  },
  journeyMs,
);

test(
  "/executions/:id cancels what runs, and the list says so at once",
  async () => {
    const list = await open("/executions");
    const { page } = await open(`/executions/${await start("acme/endless")}`);
    await seeStatus(page, "running");
    await list.page.getByText("running 1", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Cancel it" }).click();
    await seeStatus(page, "cancelled");
    await list.page.getByText("cancelled 1", { exact: true }).waitFor();
  },
  journeyMs,
);

test(
  "/executors shows what waits for an executor, its load when it is there, and its loss when it is killed",
  async () => {
    const id = await start("acme/forecast");
    const { page: pools } = await open("/executors");
    const gpu = pools.getByRole("region", { name: "Pool gpu" });
    await gpu.getByText("1 waits for an executor: start one").waitFor();
    const { page } = await open(`/executions/${id}`);
    await page.getByText("Pool gpu has no executor; start one, or name another pool in the manifest").waitFor();
    await pools.getByRole("link", { name: "Executions", exact: true }).click();
    await pools.getByText("Pool gpu has no executor").waitFor();
    await pools.goBack();

    await startSecondExecutor(stage, "gpu");
    await seeStatus(page, "running");
    await page
      .getByTestId("log")
      .getByText(/^second \d+$/)
      .first()
      .waitFor();
    await gpu.getByText("live", { exact: true }).waitFor();
    await gpu.getByText(/^1 of \d+ slots busy$/).waitFor();
    await expectAccessible(pools);

    for (const pid of await executorsOf("gpu")) process.kill(pid, "SIGKILL");
    await gpu.getByText("absent", { exact: true }).waitFor({ timeout: 180_000 });
    await page.getByRole("status", { name: "Status" }).getByText("lost").waitFor({ timeout: 180_000 });
    await page
      .getByRole("alert")
      .getByText(/^The executor did not renew its lease for \d+ seconds while it ran this/)
      .waitFor();
    await gpu.getByText(/^0 of \d+ slots? busy$/).waitFor({ timeout: 60_000 });
  },
  journeyMs,
);

test(
  "/health turns bad when NATS stands still, and good when it is back",
  async () => {
    const { page } = await open("/health");
    const nats = page.getByRole("row").filter({ hasText: /^NATS/ });
    await nats.getByText("good", { exact: true }).waitFor();
    const [server] = (await processesNaming(stage.data)).filter(({ commandLine: [program = ""] }) =>
      program.endsWith("nats-server"),
    );
    if (server === undefined) throw new Error("no nats-server runs");
    process.kill(server.pid, "SIGSTOP");
    try {
      await nats.getByText("bad", { exact: true }).waitFor({ timeout: 120_000 });
      await page.getByRole("status").filter({ hasText: "Something is wrong with NATS" }).waitFor();
    } finally {
      process.kill(server.pid, "SIGCONT");
    }
    await nats.getByText("good", { exact: true }).waitFor({ timeout: 120_000 });
  },
  journeyMs,
);

async function open(path: string): Promise<Visit> {
  const opened = await visit(`${stage.url}${path}`, { storage });
  opened.page.setDefaultTimeout(60_000);
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

async function expectRows(page: Page, count: number): Promise<void> {
  const rows = page.getByRole("table", { name: "Executions, the newest first" }).getByRole("row");
  // The first row has the names of the columns.
  await expect.poll(async () => rows.count()).toBe(count + 1);
}

async function start(address: string): Promise<string> {
  const [project = "", name = ""] = address.split("/");
  return (await client.startExecution({ project, package: name })).id;
}

/** The processes of a second executor, without what they run. */
async function executorsOf(pool: string): Promise<readonly number[]> {
  const found = await processesNaming(join(stage.folder, `executor-${pool}-`));
  return found.filter(({ commandLine }) => commandLine.includes("--config")).map(({ pid }) => pid);
}
