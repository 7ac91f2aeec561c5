import { auditActors } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.database.run(
    `insert into audit (actor, action, object, detail, request_id)
     select 'Robot ' || (n % 3), 'package.push', 'pkg_1', '{}', 'r' from generate_series(1, 600) n where n % 3 < 2 or n < 9`,
  );
});
afterAll(async () => world.close());

const find = async (query: string): Promise<readonly string[]> =>
  (await ask(world.platform, auditActors, ["GET", `/audit/actors${query}`])).actors;

describe("GET /audit/actors", () => {
  test("GET /audit/actors finds a part of a name in any case, the most frequent first", async () => {
    expect(await find("?text=rObOt")).toEqual(["Robot 0", "Robot 1", "Robot 2"]);
    expect(await find("?text=robot&limit=1")).toEqual(["Robot 0"]);
    expect(await find("?text=nobody")).toEqual([]);
  });

  test("GET /audit/actors has executors that are in none of the newest 10,000 rows", async () => {
    const executor = `executor ${world.peer.state.identity.id}`;
    await world.database.run(
      `insert into audit (actor, action, object, detail, request_id)
       select 'later', 'package.push', 'pkg_1', '{}', 'r' from generate_series(1, 10000)`,
    );
    expect(await find("")).toEqual(["later", executor]);
  });
});
