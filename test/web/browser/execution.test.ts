import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@sealrun/client";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, signIn, waitUntilSettled } from "../../support/browser-checks.ts";
import { sharedStage } from "../../support/stage.ts";
import { startTcpProxy } from "../../support/tcp-proxy.ts";
import { layPackages, openedExecution, pushFiles, runToEnd, seeStatus } from "./journey.ts";

const visit = useBrowser();
const stage = sharedStage();
let storage: BrowserStorage;
let client: Client;
let green: string;
let red: string;
let long: string;
let places: string;

const hostile = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

beforeAll(async () => {
  client = await layPackages(stage, "one-run", {
    report: report("echo sent"),
    long: { "main.py": 'for i in range(20000): print(f"line {i} of many")\n' },
    ticker: { "main.py": ticker(300, 0.1) },
    places: {
      "main.py":
        'import sys\nsys.path.insert(0, "/work")\nfrom lib import deep\nfor i in range(100000): print(f"/work/lib/deep.py:{i % 90 + 1}:1 {i}")\nprint("<b>lib/deep.py:60</b> /etc/lib/deep.py:4 gone.py:4")\ndeep.fail()\n',
      "lib/deep.py": `${"# a line\n".repeat(79)}def fail():\n    raise ValueError("no")\n`,
    },
    forever: { "main.py": ticker(3_000, 0.1) },
  });
  const place = { project: "one-run", name: "report" };
  green = await runToEnd(client, { project: "one-run", package: "report", params: { days: 7 } });
  await pushFiles(client, place, report("echo about to fail >&2; exit 3"));
  red = await runToEnd(client, { project: "one-run", package: "report", params: { days: 8 } });
  long = await runToEnd(client, { project: "one-run", package: "long", params: {} });
  places = await runToEnd(client, { project: "one-run", package: "places", params: {} });
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

test("/executions/:id shows a failed run: why, its steps, its log with masks, colours and hidden characters", async () => {
  const { page } = await open(`/executions/${red}`);
  await page.getByRole("alert").getByText("send.sh ended with exit code 3").waitFor();
  const reason = page.getByRole("group", { name: "Last lines of the step that failed" });
  await reason.getByText("about to fail").waitFor();
  const place = (await reason.getByRole("link").getAttribute("href")) ?? "";
  expect(place).toMatch(/\?line=\d+$/);
  await page.getByRole("button", { name: /fetch\.py.*succeeded/ }).waitFor();
  const log = page.getByTestId("log");
  await log.getByTitle("Masked secret").first().waitFor();
  await log.getByText("U+202E").waitFor();
  await log.getByText(hostile).waitFor();
  expect(await page.title()).toBe("report · sealrun");
  const green = log.getByText("coloured", { exact: true });
  expect(await green.evaluate((element) => element.getAttribute("style"))).toContain("--ansi-2");
  await expectAccessible(page);
  await page.getByRole("button", { name: /send\.sh/ }).click();
  await expect.poll(async () => log.locator("[data-line]").count()).toBe(1);
  expect(new URL(page.url()).searchParams.get("step")).toBe("send.sh");
});

test("/executions/:id shows results, receipt, parameters, attempts and what changed since the last green run", async () => {
  const { page } = await open(`/executions/${red}?tab=results`);
  const tree = page.getByRole("tree", { name: "Result of fetch.py" });
  await tree.getByRole("treeitem", { name: "rows: 12" }).waitFor();
  await tree.getByRole("treeitem").first().press("ArrowLeft");
  await expect.poll(async () => tree.getByRole("treeitem").count()).toBe(1);
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Receipt" }).click();
  await page.getByRole("link", { name: "service, version 2" }).waitFor();
  await page.getByRole("button", { name: "Add it: MISSING" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Parameters" }).click();
  await page.getByRole("cell", { name: "days" }).waitFor();
  await page.getByRole("tab", { name: "Attempts" }).click();
  await page.getByRole("cell", { name: "Finished" }).waitFor();
  await page.getByRole("tab", { name: "Difference" }).click();
  await page.getByRole("link", { name: green }).waitFor();
  await page.getByRole("row", { name: "send.sh succeeded, exit code 0 failed, exit code 3" }).waitFor();
  await page.getByRole("row", { name: "DB_PASS in fetch.py service, version 1 service, version 2" }).waitFor();
  await page.getByRole("button", { name: "Compare the logs" }).click();
  await page.getByRole("region", { name: "Difference of the logs" }).getByText("about to fail").waitFor();
  await expectAccessible(page);
  const other = await open(`/executions/${green}?tab=difference&against=${red}`);
  await other.page.getByRole("row", { name: "send.sh failed, exit code 3 succeeded, exit code 0" }).waitFor();
  await other.page.getByRole("combobox", { name: "Compare with" }).click();
  expect(await other.page.getByRole("option", { name: /succeeded, version 1$/ }).count()).toBe(0);
  await other.page.getByRole("option", { name: /failed, version 2$/ }).waitFor();
});

test("/executions/:id shows what a step used", async () => {
  const { page } = await open(`/executions/${long}`);
  await page.getByText(/^Peak memory \d+\.\d MiB, processor time \d/).waitFor();
});

test("/executions/:id searches a long log, links to its lines and moves by keyboard", async () => {
  const { page } = await open(`/executions/${long}`);
  await page.getByText("20,000 lines").waitFor();
  await page.getByLabel("Search the log").fill("line 1999");
  await page.getByText("– of 11").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("1 of 11").waitFor();
  await page.keyboard.press("Shift+Enter");
  await page.getByText("11 of 11").waitFor();
  const log = page.getByTestId("log");
  await log.getByText("line 19999 of many").waitFor();
  await page.getByLabel("Search the log").fill("");
  await log.focus();
  await page.keyboard.press("Home");
  await log.getByText("line 0 of many").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect.poll(async () => page.evaluate(() => document.activeElement?.getAttribute("data-line"))).toBe("2");
  await page.keyboard.press("End");
  await log.getByText("line 19999 of many").waitFor();
  expect(await log.locator("[data-line]").count()).toBeLessThan(200);
  const linked = await open(`/executions/${long}?line=12345`);
  await linked.page.getByTestId("log").getByText("line 12344 of many").waitFor();
});

test("/executions/:id links the lines that a log names to the files of its version, at 100,000 lines", async () => {
  const { page } = await open(`/executions/${places}`);
  await page.getByText(/^100,00\d lines/).waitFor();
  const log = page.getByTestId("log");
  await page.getByLabel("Search the log").fill("gone.py");
  await page.getByText("– of 1").waitFor();
  await page.keyboard.press("Enter");
  const named = log.locator("[data-line]").filter({ hasText: "gone.py" });
  await named.waitFor();
  expect(await named.getByRole("link").allTextContents()).toEqual(["lib/deep.py:60"]);
  expect(await log.getByRole("link").count()).toBeLessThan(200);
  await expectAccessible(page);
  // What was written to stderr may stand before lines of stdout that were read more slowly.
  await page.getByLabel("Search the log").fill("ValueError: no");
  await page.getByText("– of 1").waitFor();
  await page.keyboard.press("Enter");
  // The page of the package is still loading when what was typed would go into the address of this one.
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await sleep(1_000);
    await route.continue();
  });
  await page.getByLabel("Search the log").fill("ValueError");
  await log.getByRole("link", { name: 'File "/work/lib/deep.py", line 81' }).click();
  await page.waitForURL(({ searchParams }) => searchParams.get("line") === "81");
  expect(new URL(page.url()).searchParams.get("file")).toBe("lib/deep.py");
  const marked = page.getByRole("region", { name: "Text of the file" }).locator("[data-marked]");
  await marked.getByText('raise ValueError("no")').waitFor();
  await expect
    .poll(async () =>
      marked.evaluate((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        const box = line.parentElement?.parentElement?.getBoundingClientRect();
        return box !== undefined && top >= box.top && bottom <= box.bottom;
      }),
    )
    .toBe(true);
});

test("/executions/:id follows a run to its end through a lost connection: no line twice, none missing", async () => {
  const started = await start("ticker");
  const { hostname, port } = new URL(stage.url);
  const wire = await startTcpProxy(() => ({ host: hostname, port: Number(port) }));
  onTestFinished(wire.close);
  const opened = await visit(`http://${hostname}:${wire.port}/executions/${started}`, { storage });
  opened.tolerate(
    /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|Failed to load resource/,
  );
  const { page } = opened;
  await page
    .getByTestId("log")
    .getByText(/^tick \d+$/)
    .first()
    .waitFor();
  await page.context().setOffline(true);
  wire.cut();
  await page.getByText("The connection was lost").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("status", { name: "Status" }).getByText("succeeded").waitFor({ timeout: 60_000 });
  await page.getByTestId("log").getByText("tick 299", { exact: true }).waitFor({ timeout: 60_000 });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download as text" }).click(),
  ]);
  const text = await readFile(await download.path(), "utf8");
  const ticks = [...text.matchAll(/ tick (\d+)$/gm)].map(([, tick]) => Number(tick));
  expect(ticks).toEqual(Array.from({ length: 300 }, (_, index) => index));
});

test("/executions/:id stops following when one scrolls up, and cancels a run after a question", async () => {
  const started = await start("forever");
  const { page } = await open(`/executions/${started}`);
  const log = page.getByTestId("log");
  await log
    .getByText(/^tick (?:[6-9]\d|\d{3,})$/)
    .first()
    .waitFor({ timeout: 60_000 });
  await log.hover();
  await page.mouse.wheel(0, -2_000);
  await page.getByRole("button", { name: "To the end" }).click();
  await expect.poll(async () => page.getByRole("button", { name: "To the end" }).count()).toBe(0);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.getByRole("status", { name: "Status" }).getByText("cancelled").waitFor({ timeout: 60_000 });
});

test("/executions/:id runs again with the same parameters and goes there", async () => {
  const { page } = await open(`/executions/${red}`);
  await page.getByRole("button", { name: "Run again", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.endsWith(red));
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect((await stage.show(id)).parameters.visible).toEqual({ days: 8 });
});

test("/executions/:id takes the secret that a failed run lacked, and runs again", async () => {
  const code = 'from sealrun import get_secret\nprint("got", len(get_secret("NEEDED")))\n';
  await pushFiles(client, { project: "one-run", name: "needs" }, { "main.py": code });
  const failed = await runToEnd(client, { project: "one-run", package: "needs" });
  const { page } = await open(`/executions/${failed}`);
  await page.getByRole("button", { name: "Add and run again: NEEDED" }).click();
  await page.getByRole("dialog").getByText("Project", { exact: true }).click();
  await page.getByLabel("Value", { exact: true }).fill("a needed value");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Seal, save and run again" }).click();
  await openedExecution(page, failed);
  await seeStatus(page, "succeeded");
  await page.getByTestId("log").getByText("got 14").waitFor();
  expect((await client.listSecrets({ scope: "project", project: "one-run" })).map(({ name }) => name)).toEqual([
    "NEEDED",
  ]);
  await page.goto(`${stage.url}/executions/${failed}`);
  await page.getByText("was missing and is set now").waitFor();
});

test("Finder finds secrets by name, executions by the start of their id, and things to do", async () => {
  const { page } = await open(`/executions/${green}`);
  await page.keyboard.press("Control+k");
  const field = page.getByRole("textbox", { name: "Find" });
  await field.fill("DB_PASS");
  await page.getByRole("button", { name: "DB_PASS Secret of package report of one-run" }).waitFor();
  await field.fill(red.slice(0, 20));
  await page.getByRole("button", { name: `${red} Execution of report, failed` }).waitFor();
  await expectAccessible(page);
  await field.fill("Run report");
  await page.getByRole("button", { name: /^Run report In one-run/ }).click();
  await page.waitForURL(/\/packages\/report\/run$/);
});

test("Finder asks once when typing pauses, for names alone, and Enter waits for the best of them", async () => {
  const { page } = await open(`/executions/${green}`);
  await page.goto(`${stage.url}/schedules`);
  await page.getByRole("heading", { level: 1, name: "Schedules" }).waitFor();
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(request.url().slice(stage.url.length)));
  await page.keyboard.press("Control+k");
  await page.getByRole("button", { name: /^Executions/ }).waitFor();
  await page.keyboard.type("one-run/rep");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/projects\/one-run\/packages\/report$/);
  const names = asked.filter(
    (path) => /\/(?:find|secrets|packages)\b/.test(path) && !path.includes("/packages/report"),
  );
  expect(names).toEqual(["/api/v1/find?text=&limit=8", "/api/v1/find?text=one-run%2Frep&limit=8"]);
});

test("/executions/:id fits a narrow page in the dark", async () => {
  const { page } = await open(`/executions/${red}`, { width: 360, colorScheme: "dark" });
  for (const tab of ["Log", "Results", "Receipt", "Parameters", "Attempts", "Difference"]) {
    await page.getByRole("tab", { name: tab }).click();
    await expectNoSidewaysScroll(page);
  }
  await expectAccessible(page);
});

test("/executions/:id stays at its head in a low window, and shows the chosen tab in a narrow one", async () => {
  const { page } = await open(`/executions/${red}?tab=attempts`, { width: 360, height: 450 });
  await waitUntilSettled(page);
  expect(await page.evaluate(() => scrollY)).toBe(0);
  const box = await page.getByRole("tab", { name: "Attempts" }).boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 360) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
});

async function open(path: string, options: Parameters<typeof visit>[1] = {}): Promise<Visit> {
  const opened = await visit(`${stage.url}${path}`, { ...options, storage });
  await opened.page.getByRole("tab", { name: "Log" }).waitFor();
  return opened;
}

async function start(name: string): Promise<string> {
  return (await client.startExecution({ project: "one-run", package: name, params: {} })).id;
}

function ticker(count: number, seconds: number): string {
  return `import time\nfor i in range(${count}):\n    print("tick", i, flush=True)\n    time.sleep(${seconds})\n`;
}

function report(end: string): Readonly<Record<string, unknown>> {
  return {
    "fetch.py": [
      "from sealrun import context, get_secret",
      'password = get_secret("DB_PASS")',
      'get_secret("MISSING")',
      `print(${JSON.stringify(hostile)})`,
      'print("connecting with", password)',
      'print("\\x1b[32mcoloured\\x1b[0m and \\u202Ehidden")',
      'context.result({"rows": 12, "password": password, "tables": ["a", "b"]})',
    ].join("\n"),
    "send.sh": `${end}\n`,
    "manifest.json": { execution_order: ["fetch.py", "send.sh"] },
    "parameters.json": { fields: [{ type: "int", name: "days", visible: true }] },
    "secrets.json": { DB_PASS: `a password ${end.length}` },
  };
}
