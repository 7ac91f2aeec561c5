import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStorage, useBrowser, type Visit } from "../../support/browser.ts";
import {
  expectWcag22,
  expectAskedOnce,
  expectNoSidewaysScroll,
  signIn,
  waitUntilSettled,
} from "../../support/browser-checks.ts";
import { type Demonstration, layDemonstration } from "../../support/demonstration.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { pagesOf } from "./pages.ts";

/** Where `npm run screenshots` wants a picture of each page. */
const pictures = process.env["SEALRUN_SCREENSHOTS"];
const looks = (["light", "dark"] as const).flatMap((scheme) => [360, 1440].map((width) => ({ scheme, width })));
/** axe sees the wide page in both sets of colours, and the narrow one in the dark. */
const forAxe = new Set(["light 1440", "dark 1440", "dark 360"]);
const names = pagesOf({
  project: "",
  package: "",
  executions: { succeeded: "", failed: "", running: "", queued: "" },
}).map(({ name }) => name);

const visit = useBrowser();
let stage: Stage;
let demonstration: Demonstration;
let storage: BrowserStorage;

beforeAll(async () => {
  stage = await openStage();
  demonstration = await layDemonstration(stage);
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test("GET / asks who is not signed in for a token, on every width and in every colour", async () => {
  const visitor = await visit(stage.url);
  await visitor.page.getByLabel("Token").waitFor();
  await look(visitor, "sign-in");
});

test.each(names)("packages/web shows the page %s without a fault, to everybody and on every width", async (name) => {
  const path = pagesOf(demonstration).find((page) => page.name === name)?.path ?? "";
  const visitor = await visit(`${stage.url}${path}`, { storage });
  await waitUntilSettled(visitor.page);
  expect(await visitor.page.getByRole("heading", { level: 1 }).count()).toBe(1);
  expectAskedOnce(visitor.witness);
  await look(visitor, name);
});

async function look({ page }: Visit, name: string): Promise<void> {
  const faults: unknown[] = [];
  for (const { scheme, width } of looks) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await takePicture(page, `${name}-${scheme}-${width}`);
    await expectNoSidewaysScroll(page).catch((fault: unknown) => faults.push(fault));
    if (!forAxe.has(`${scheme} ${width}`)) continue;
    await expectWcag22(page).catch((fault: unknown) => faults.push(fault));
  }
  // Every look is checked and has its picture before the first fault is told.
  for (const fault of faults) throw fault;
}

async function takePicture(page: Visit["page"], name: string): Promise<void> {
  if (pictures === undefined) return;
  const folder = resolve(pictures);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  process.stderr.write(`${path}\n`);
}
