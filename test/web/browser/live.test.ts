import type { Client } from "@sealrun/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { signIn } from "../../support/browser-checks.ts";
import { type Gate, makeGate } from "../../support/gate.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { addSecret, chooseFolder, layPackages, openedExecution, seeStatus } from "./journey.ts";

const visit = useBrowser();
/** For a whole journey of many pages, on a machine that does other things too. */
const journeyMs = 600_000;
let stage: Stage;
let gate: Gate;
let client: Client;
let storage: BrowserStorage;

/** Runs until the test lets it go on. */
const waiting = (url: string): string => `console.log("waits"); await fetch("${url}"); console.log("goes on");\n`;

/** The gate is on this machine. */
const onHost = { "manifest.json": '{"network":"host"}' };

beforeAll(async () => {
  stage = await openStage();
  gate = await makeGate();
  client = await layPackages(stage, "acme", { report: { "main.ts": waiting(gate.url), ...onHost } });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => {
  await gate.close();
  await stage.close();
});

test(
  "/ shows in one browser what another one does: a secret, a version, a run and its end",
  async () => {
    const [actor, home, secrets, package_] = [
      await open("/projects/acme/packages/report"),
      await open("/projects/acme"),
      await open("/projects/acme/secrets"),
      await open("/projects/acme/packages/report"),
    ];
    const reloads = await countLoads([home, secrets, package_]);

    await actor.page.getByRole("main").getByRole("link", { name: "Run", exact: true }).click();
    await actor.page.getByRole("button", { name: "Run", exact: true }).click();
    await openedExecution(actor.page);
    expect(await stepsAtFirstLine(actor.page)).toEqual(["running"]);
    await home.page.getByRole("link", { name: "Last run of report: running" }).waitFor();

    await home.page.getByRole("link", { name: "Last run of report: running" }).click();
    await home.page.getByTestId("log").getByText("waits", { exact: true }).waitFor();
    await actor.page.getByRole("main").getByRole("link", { name: "acme" }).click();
    await actor.page.getByRole("heading", { level: 1, name: "acme", exact: true }).waitFor();
    await actor.page.getByRole("link", { name: "Project secrets" }).click();
    await actor.page.getByRole("heading", { level: 1, name: "Secrets of acme" }).waitFor();
    await addSecret(actor.page, "SHARED", "set in the other browser");
    await secrets.page.getByRole("button", { name: "SHARED", exact: true }).waitFor();
    gate.open();
    await seeStatus(home.page, "succeeded");
    await home.page.getByTestId("log").getByText("goes on").waitFor();
    await package_.page.getByText("succeeded").first().waitFor();

    await actor.page.goto(`${stage.url}/projects/acme/upload?package=report`);
    await chooseFolder(
      actor.page,
      await stage.write("second", { "main.ts": `${waiting(gate.url)}// changed\n`, ...onHost }),
    );
    await actor.page.getByRole("button", { name: "Upload version 2" }).click();
    await actor.page.getByRole("heading", { name: "report version 2 is uploaded" }).waitFor();
    await package_.page.getByText("version 2, uploaded").waitFor();
    expect(await reloads()).toEqual([0, 0, 0]);
  },
  journeyMs,
);

test("/ follows changes once for all windows of a browser, and goes on when that window closes", async () => {
  const first = await open("/projects/acme/secrets");
  const asked: string[] = [];
  first.context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/changes") asked.push(request.url());
  });
  const second = await first.context.newPage();
  await second.goto(`${stage.url}/projects/acme/secrets`);
  await second.getByRole("button", { name: "SHARED", exact: true }).waitFor();
  await set("SEEN_BY_BOTH");
  await first.page.getByRole("button", { name: "SEEN_BY_BOTH", exact: true }).waitFor();
  await second.getByRole("button", { name: "SEEN_BY_BOTH", exact: true }).waitFor();
  expect(asked).toEqual([]);
  await first.page.close();
  await expect.poll(() => asked.length).toBe(1);
  await set("SEEN_BY_THE_OTHER");
  await second.getByRole("button", { name: "SEEN_BY_THE_OTHER", exact: true }).waitFor();
});

/** The states of the steps at the moment in which the first line is shown. */
async function stepsAtFirstLine(page: Page): Promise<readonly string[]> {
  const states = await page.waitForFunction(() => {
    if (document.querySelector("[data-testid=log]")?.textContent.includes("waits") !== true) return undefined;
    return [...document.querySelectorAll("main ol li .mantine-Badge-label")].map((each) => each.textContent);
  });
  return (await states.jsonValue()) ?? [];
}

/** A browser of its own, whose stream of changes is open. */
async function open(path: string): Promise<Visit> {
  const opened = await visit(`${stage.url}/guides`, { storage });
  opened.page.setDefaultTimeout(60_000);
  await Promise.all([
    opened.page.waitForResponse((response) => new URL(response.url()).pathname === "/api/v1/changes"),
    opened.page.goto(`${stage.url}${path}`),
  ]);
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

async function set(name: string): Promise<void> {
  await client.setSecrets({ scope: "project", project: "acme" }, new Map([[name, "a value of some length"]]));
}

/** Counts from now on how often each page is loaded anew. */
async function countLoads(visits: readonly Visit[]): Promise<() => Promise<readonly number[]>> {
  const counts = visits.map(() => 0);
  for (const [index, { page }] of visits.entries()) page.on("load", () => (counts[index] = (counts[index] ?? 0) + 1));
  return async () => counts;
}
