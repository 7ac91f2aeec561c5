import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeGate } from "../support/gate.ts";
import { startSecondExecutor } from "../support/second-executor.ts";
import { freshDatabase } from "../support/servers.ts";
import { openStage, type Stage } from "../support/stage.ts";

let stage: Stage;
let main: FreshDatabase;
let keyring: FreshDatabase;
beforeAll(async () => {
  [main, keyring] = [await freshDatabase(), await freshDatabase()];
  // PostgreSQL that dev did not start, as an installation's own.
  stage = await openStage({
    env: { SEALRUN_POSTGRES_URL: urlOf(main), SEALRUN_KEYRING_POSTGRES_URL: urlOf(keyring) },
  });
  await stage.must(["project", "create", "team"]);
});
afterAll(async () => {
  await stage.close();
  await main.drop();
  await keyring.drop();
});

type FreshDatabase = Awaited<ReturnType<typeof freshDatabase>>;

function urlOf({ address: { user, password, database, host } }: FreshDatabase): string {
  return `postgres://${user}:${encodeURIComponent(password)}@localhost/${database}?host=${encodeURIComponent(host)}`;
}

describe("sealrun dev", () => {
  test("sealrun dev uses the PostgreSQL that the environment names, and starts none", async () => {
    expect(await readdir(stage.data)).not.toContain("postgres");
  });
});

describe("sealrun executor", () => {
  test("sealrun executor shares its pool with others, and each execution runs once", async () => {
    const gate = await makeGate(2);
    const settings = { slots: 1, drainMs: 60_000 };
    const executors = [
      await startSecondExecutor(stage, "shared", settings),
      await startSecondExecutor(stage, "shared", settings),
    ];
    await stage.push("team/shared", {
      "wait.ts": `import { context } from "@sealrun/sdk";
        await fetch(${JSON.stringify(gate.url)});
        console.log(context.secrets.get("SHARED") === "for every run" ? "ran" : "wrong");`,
      "secrets.json": { SHARED: "for every run" },
      "manifest.json": { pool: "shared", network: "host" },
    });
    const runs = Promise.all(Array.from({ length: 5 }, async () => stage.run("team/shared")));
    // Two scripts stand there at once, and each executor has one slot: both are at work.
    await gate.arrived;
    gate.open();
    const shown = await Promise.all((await runs).map(async ({ id }) => stage.show(id)));
    expect(shown.map(({ status, attempt, steps }) => [status, attempt, steps[0]?.output])).toEqual(
      Array.from({ length: 5 }, () => ["succeeded", 1, "ran"]),
    );
    expect(new Set(shown.map(({ executor }) => executor)).size).toBe(2);
    await Promise.all(executors.map(async (executor) => executor.stop()));
    await gate.close();
  });

  test("sealrun executor finishes what runs when it is told to end", async () => {
    const gate = await makeGate();
    const executor = await startSecondExecutor(stage, "drained", { drainMs: 60_000 });
    await stage.push("team/drained", {
      "wait.ts": `await fetch(${JSON.stringify(gate.url)}); console.log("whole");`,
      "manifest.json": { pool: "drained", network: "host" },
    });
    const running = stage.run("team/drained");
    await gate.arrived;
    const stopping = executor.stop();
    expect(await Promise.race([stopping.then(() => "ended"), executor.isDraining])).toBe("draining");
    gate.open();
    expect(await running).toMatchObject({ status: "succeeded" });
    await stopping;
    await gate.close();
  });
});
