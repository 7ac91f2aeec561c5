import { platformHealth, type TableHealth } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isSizeDue, keepSizes } from "../../../packages/platform/src/health/table-sizes-store.ts";
import { ask } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

const look = async (): Promise<readonly TableHealth[]> =>
  (await ask(world.platform, platformHealth, ["GET", "/platform/health"])).tables ?? [];

describe("GET /platform/health", () => {
  test("GET /platform/health shows the tables of both databases, the largest first, with their growth", async () => {
    const both = await look();
    expect(both.filter(({ database }) => database === "keyring").map(({ name }) => name)).toContain("grants");
    expect(both.filter(({ database }) => database === "platform").map(({ name }) => name)).toContain("executions");
    expect(both.map(({ bytes }) => bytes)).toEqual(
      both.map(({ bytes }) => bytes).toSorted((left, right) => right - left),
    );
    expect(both.every(({ bytesPerDay, rowsPerDay }) => bytesPerDay === null && rowsPerDay === null)).toBe(true);
    await until(async () => !(await isSizeDue(world.database, "keyring")));
    await world.database.run("update table_sizes set at = now() - interval '2 days', bytes = 0, rows = 0");
    const grown = (await look()).find(({ name }) => name === "executions");
    // The two days are a moment longer by then.
    expect((grown?.bytesPerDay ?? 0) / (grown?.bytes ?? 0)).toBeCloseTo(1 / 2, 3);
  });

  test("GET /platform/health leaves out the tables of a keyring that does not answer", async () => {
    await world.platform.stopKeyring();
    expect(new Set((await look()).map(({ database }) => database))).toEqual(new Set(["platform"]));
  });
});

describe("keepSizes()", () => {
  test("keepSizes() makes the next measurement due after a day, and forgets what is older than five weeks", async () => {
    const { database } = world;
    await database.run("delete from table_sizes");
    expect(await isSizeDue(database, "platform")).toBe(true);
    await keepSizes(database, "platform", [{ name: "executions", bytes: 5, rows: 1 }]);
    expect(await isSizeDue(database, "platform")).toBe(false);
    expect(await isSizeDue(database, "keyring")).toBe(true);
    await database.run("update table_sizes set at = now() - interval '36 days'");
    await keepSizes(database, "platform", [{ name: "attempts", bytes: 5, rows: 1 }]);
    expect(await database.run("select from table_sizes")).toBe(1);
  });
});
