import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, postgresConfig } from "@sealrun/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type BrowserStorage, useBrowser } from "../../support/browser.ts";
import { expectAskedOnce, expectWcag22, signIn, waitUntilSettled } from "../../support/browser-checks.ts";
import { copyExecutions, copyPackages, spreadExecutions } from "../../support/fill-project.ts";
import { openStage, type Stage } from "../../support/stage.ts";
import { layPackages, runToEnd } from "./journey.ts";

const visit = useBrowser();
let stage: Stage;
let storage: BrowserStorage;

const inProject = "/projects/large";
const pages = [
  "/",
  inProject,
  `${inProject}/upload`,
  `${inProject}/secrets`,
  `${inProject}/packages/many/secrets`,
  `${inProject}/packages/plain`,
  `${inProject}/packages/plain/run`,
  "/executions",
  "/executions/exe_00000000000000009999",
  "/schedules",
  "/executors",
  "/health",
  "/audit",
];

beforeAll(async () => {
  stage = await openStage();
  const secrets = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`SECRET_${index}`, "a value"]));
  const client = await layPackages(stage, "large", {
    plain: { "main.sh": "echo plain\n" },
    many: { "main.sh": "true\n", "secrets.json": secrets },
  });
  const model = await runToEnd(client, { project: "large", package: "plain", params: {} });
  const settings = z.object({ postgres: postgresConfig });
  const { postgres } = settings.parse(JSON.parse(await readFile(join(stage.data, "platform", "config.json"), "utf8")));
  const database = await openDatabase({ config: postgres, applicationName: "test" });
  // A start's key is unique, so that its row cannot be copied.
  await database.run("delete from idempotency_keys");
  await copyPackages(database, model, 500);
  await copyExecutions(database, model, { from: 0, to: 10_000 });
  await spreadExecutions(database, 50);
  await database.close();
  const visitor = await visit(stage.url);
  await signIn(visitor.page, stage);
  storage = await visitor.context.storageState();
  await visitor.close();
});

afterAll(async () => stage.close());

test.each(pages)(
  "packages/web shows %s of a large platform without a fault in both colours, and asks once",
  async (path) => {
    const { page, witness } = await visit(`${stage.url}${path}`, { storage });
    await waitUntilSettled(page);
    expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    expectAskedOnce(witness);
    await expectWcag22(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectWcag22(page);
  },
);
