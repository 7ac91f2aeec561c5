import { auditList, type AuditRow } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../support/api.ts";
import { listAudit } from "../../../packages/platform/src/audit/list-store.ts";
import { countBuffers } from "../../support/count-buffers.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { copyExecutions } from "../../support/fill-project.ts";

let world: ExecutionsWorld;
let execution: string;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("first");
  execution = await world.start("first");
  await send(world.platform, "PATCH", "/projects/acme/packages/first", { json: { name: "renamed" } });
});
afterAll(async () => world.close());

const list = async (query: string): Promise<readonly AuditRow[]> =>
  (await ask(world.platform, auditList, ["GET", `/audit?${query}`])).rows;

describe("GET /audit", () => {
  test("GET /audit says what each object is called today, also of rows before it was renamed", async () => {
    const [renamed] = await list("action=package.rename");
    const ofPackage = await list(`object=${renamed?.object}`);
    expect(ofPackage.map(({ action }) => action)).toContain("package.push");
    const [started] = await list("action=execution.start");
    const [created] = await list("action=project.create");
    expect(new Set([...ofPackage, started].map((row) => row?.objectName))).toEqual(new Set(["acme/renamed"]));
    expect(created?.objectName).toBe("acme");
  });

  test("GET /audit gives no name to what is deleted or never had one, and keeps its id", async () => {
    await world.database.run(
      `insert into audit (actor, action, object, detail, request_id)
       values ('a', 'package.push', 'pkg_gone0000000000000000', '{}', 'r'), ('a', 'session.refused', 'session', '{}', 'r')`,
    );
    expect(await list("actor=a")).toMatchObject([
      { object: "session", objectName: null },
      { object: "pkg_gone0000000000000000", objectName: null },
    ]);
  });

  test("GET /audit narrows to a package by its project and name, as by its id", async () => {
    const named = await list("object=Acme/Renamed");
    const id = named[0]?.object ?? "";
    expect(named.map(({ action }) => action)).toContain("package.rename");
    expect(await list(`object=${id}`)).toEqual(named);
    expect(await list(`object=${execution}`)).toMatchObject([{ action: "execution.start" }]);
    expect(await refused(send(world.platform, "GET", "/audit?object=acme/first"))).toMatchObject({ status: 404 });
    expect(await list("object=a/b/c")).toEqual([]);
  });

  test("listAudit() reads the names in its one statement, by index: no more pages with 5,000 executions", async () => {
    await world.database.run(
      `insert into audit (actor, action, object, detail, request_id)
       select 'many', 'execution.start', $1, '{}', 'r' from generate_series(1, 1000)`,
      [execution],
    );
    await copyExecutions(world.database, execution, { from: 0, to: 5_000 });
    const { database, buffers } = countBuffers(world.database);
    const rows = await listAudit(database, { actor: "many", limit: 1_000 });
    expect(new Set(rows.map(({ objectName }) => objectName))).toEqual(new Set(["acme/renamed"]));
    expect(buffers()).toBeLessThan(20 * rows.length);
  });
});
