import { projectInfo, renamed, type RenamedTo } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, send } from "../../support/api.ts";
import { countBuffers } from "../../support/count-buffers.ts";
import { findRenamed } from "../../../packages/platform/src/audit/renamed-store.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("first");
  const rename = async (path: string, name: string): Promise<void> => {
    expect((await send(world.platform, "PATCH", path, { json: { name } })).ok).toBe(true);
  };
  await rename("/projects/acme/packages/first", "second");
  await rename("/projects/acme/packages/second", "third");
  await rename("/projects/acme", "beta");
  await rename("/projects/beta", "gamma");
});
afterAll(async () => world.close());

const find = async (query: string): Promise<RenamedTo | null> =>
  (await ask(world.platform, renamed, ["GET", `/renamed?${query}`])).renamed;

describe("GET /renamed", () => {
  test("GET /renamed gives today's name by any earlier one, in any case", async () => {
    expect(await find("project=acme")).toEqual({ project: "gamma", package: null });
    expect(await find("project=BETA")).toEqual({ project: "gamma", package: null });
    expect(await find("project=gamma&package=First")).toEqual({ project: "gamma", package: "third" });
    expect(await find("project=acme&package=second")).toEqual({ project: "gamma", package: "third" });
    expect(await find("project=acme&package=third")).toEqual({ project: "gamma", package: "third" });
  });

  test("GET /renamed gives nothing for names that nothing had, or that are current", async () => {
    for (const query of ["project=nothing", "project=gamma", "project=gamma&package=third", "project=acme&package=no"])
      expect(await find(query)).toBeNull();
  });

  test("GET /renamed prefers the project that has the name now, and its packages", async () => {
    await ask(world.platform, projectInfo, ["POST", "/projects", { json: { name: "acme" } }]);
    expect(await find("project=acme")).toBeNull();
    expect(await find("project=acme&package=first")).toBeNull();
  });

  test("findRenamed() reads by index: no more pages with 5,000 rows of the audit", async () => {
    await world.database.run(
      `insert into audit (actor, action, object, detail, request_id)
       select 'many', 'execution.start', 'exe_' || n, '{}', 'r' from generate_series(1, 5000) n`,
    );
    await world.database.run("analyze audit");
    const names = { project: projectInfo.shape.name.parse("beta"), package: undefined };
    const { database, buffers } = countBuffers(world.database);
    expect(await findRenamed(database, names)).toMatchObject({ project: "gamma" });
    expect(buffers()).toBeLessThan(30);
  });
});
