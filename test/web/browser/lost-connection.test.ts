import type { Client } from "@sealrun/client";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { useBrowser, type Visit } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { pidOf } from "../../support/processes.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { startTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { layPackages, seeStatus } from "./journey.ts";

const visit = useBrowser();
/** For a whole journey of many pages, on a machine that does other things too. */
const journeyMs = 600_000;
let stage: Stage;
let client: Client;
let wire: TcpProxy;
let isAway = false;
/** A run goes on for as long as this says so. */
let bell: Server;
let isRunOver = false;

beforeAll(async () => {
  stage = await openStage();
  const { hostname, port } = new URL(stage.url);
  // Port 9 has no listener: every new connection is refused at once.
  wire = await startTcpProxy(() => ({ host: hostname, port: isAway ? 9 : Number(port) }));
  bell = createServer((_request, response) => response.end(isRunOver ? "over" : "go on")).listen(0, "127.0.0.1");
  await once(bell, "listening");
  // The bell is on this machine.
  const files = { "main.py": ticker(portOf(bell)), "manifest.json": '{"network":"host"}' };
  client = await layPackages(stage, "acme", { ticker: files });
});

beforeEach(() => {
  isAway = false;
  isRunOver = false;
});

afterAll(async () => {
  bell.close();
  await wire.close();
  await stage.close();
});

test(
  "/ says that the platform is away and that it is back; a log goes on, and what was typed is saved",
  async () => {
    const { page, log } = await openBoth();
    await typeSecret(page, "AWAY");
    isAway = true;
    wire.cut();
    await page.getByText("The platform cannot be reached", { exact: true }).waitFor();
    await log.getByText("The platform cannot be reached", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Seal and save" }).click();
    await page.getByText("Not saved; what you typed is still here").waitFor();
    expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("typed once");
    isAway = false;
    await page.getByText("The platform cannot be reached", { exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("AWAY, version 1, sealed").waitFor();
    await expectWholeLog(log);
  },
  journeyMs,
);

test(
  "/ lives through a wire that carries nothing any more until it breaks",
  async () => {
    const { page, log } = await openBoth();
    await typeSecret(page, "FROZEN");
    wire.freeze();
    await page.getByRole("button", { name: "Seal and save" }).click();
    await page.locator("button[data-loading]").waitFor();
    wire.heal();
    // A browser sends what it sent on a connection that was open before once more by itself; else a person does.
    const [saved, again] = [
      page.getByText("FROZEN, version 1, sealed"),
      page.getByRole("button", { name: "Try again" }),
    ];
    await saved.or(again).first().waitFor();
    if (await again.isVisible()) await again.click();
    await saved.waitFor();
    await expectWholeLog(log);
  },
  journeyMs,
);

test(
  "/ waits for a platform that stands still, and goes on where it was",
  async () => {
    const { page, log } = await openBoth();
    await typeSecret(page, "STOPPED");
    await whilePlatformStandsStill(async () => {
      await page.getByRole("button", { name: "Seal and save" }).click();
      await page.locator("button[data-loading]").waitFor();
    });
    await page.getByText("STOPPED, version 1, sealed").waitFor();
    await expectWholeLog(log);
  },
  journeyMs,
);

test(
  "/ says that it waits for a platform that stands still, ends a save after a minute of it, and keeps what was typed",
  async () => {
    const opened = await visit(`${stage.url}/vault/secrets`);
    opened.tolerate(/ERR_|Failed to (?:load|fetch)/);
    const { page } = opened;
    await signIn(page, stage);
    // A minute of this page's limits is six seconds. Playwright's clock does not reach AbortSignal.timeout.
    await page.evaluate(() => {
      const real = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = (ms) => real(ms / 10);
    });
    await typeSecret(page, "STALLED");
    await whilePlatformStandsStill(async () => {
      await page.getByRole("button", { name: "Seal and save" }).click();
      await page.getByText("Still waiting").waitFor();
      await page.getByText(/has not answered for 60 seconds; it may have done what was asked/).waitFor();
      expect(await page.getByLabel("Value", { exact: true }).inputValue()).toBe("typed once");
      expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("STALLED");
    });
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("STALLED, version 1, sealed").waitFor();
  },
  journeyMs,
);

/** Two windows of a browser behind the wire: the vault, and a run whose log has begun. */
async function openBoth(): Promise<Visit & { readonly log: Page }> {
  const { id } = await client.startExecution({ project: "acme", package: "ticker" });
  const url = `http://127.0.0.1:${wire.port}`;
  const opened = await visit(`${url}/vault/secrets`);
  opened.tolerate(/ERR_|Failed to (?:load|fetch)/);
  await signIn(opened.page, stage);
  opened.page.setDefaultTimeout(60_000);
  const log = await opened.context.newPage();
  log.setDefaultTimeout(60_000);
  await log.goto(`${url}/executions/${id}`);
  await log
    .getByTestId("log")
    .getByText(/^tick \d+$/)
    .first()
    .waitFor();
  return { ...opened, log };
}

/** Stops the platform's process, and lets it go on whatever becomes of `act`. */
async function whilePlatformStandsStill(act: () => Promise<void>): Promise<void> {
  const pid = await pidOf(join(stage.data, "platform", "config.json"));
  process.kill(pid, "SIGSTOP");
  try {
    await act();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function typeSecret(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Value", { exact: true }).fill("typed once");
}

/** Ends the run: every line is there once and in order, as the page itself has them. */
async function expectWholeLog(page: Page): Promise<void> {
  isRunOver = true;
  await seeStatus(page, "succeeded");
  await page.bringToFront();
  await page.getByTestId("log").getByText("the last one was", { exact: false }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as text" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  const seen = [...text.matchAll(/ tick (\d+)$/gm)].map(([, tick]) => Number(tick));
  const last = Number(/the last one was (\d+)$/m.exec(text)?.[1]);
  expect(seen).toEqual(Array.from({ length: last + 1 }, (_, index) => index));
}

/** Prints a line five times a second until it is told that it is over. */
function ticker(port: number): string {
  return `import time, urllib.request
i = 0
while True:
    print("tick", i, flush=True)
    if urllib.request.urlopen("http://127.0.0.1:${port}/").read() == b"over":
        break
    i += 1
    time.sleep(0.2)
print("the last one was", i)
`;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  return address.port;
}
