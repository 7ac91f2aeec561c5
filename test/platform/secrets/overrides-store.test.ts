import { putSecretsAnswer, type SecretOverrides, secretOverrides } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, keyOf, refused, sealAll, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
const inProject = "/projects/acme/secrets";
const ofPackage = (name: string): string => `/projects/acme/packages/${name}/secrets`;

beforeAll(async () => {
  world = await startExecutionsWorld();
  for (const name of ["report", "Load", "old"]) await world.push(name);
  await set(inProject, "SHARED", "ONLY_HERE", "GONE");
  await set("/platform/secrets", "ONLY_IN_PACKAGES");
  for (const name of ["report", "Load", "old"]) await set(ofPackage(name), "SHARED", "ONLY_IN_PACKAGES", "GONE");
  await ask(world.platform, putSecretsAnswer, ["DELETE", `${inProject}/GONE?force=true`]);
  await send(world.platform, "PATCH", "/projects/acme/packages/old", { json: { archived: true } });
});
afterAll(async () => world.close());

async function set(collection: string, ...names: readonly string[]): Promise<void> {
  const key = await keyOf(world.platform, collection);
  const values = Object.fromEntries(names.map((name) => [name, "canary-of-overrides"]));
  const secrets = sealAll(world.platform, key, values);
  expect((await send(world.platform, "PUT", collection, { json: { secrets } })).ok).toBe(true);
}

const overrides = async (query = ""): Promise<SecretOverrides["overrides"]> =>
  (await ask(world.platform, secretOverrides, ["GET", `${inProject}/overrides${query}`])).overrides;

describe("GET /projects/:project/secrets/overrides", () => {
  test("GET …/secrets/overrides gives the project's names that packages have too, archived ones when asked", async () => {
    expect(await overrides()).toEqual([{ name: "SHARED", count: 2, packages: ["Load", "report"] }]);
    expect(await overrides("?archived=true")).toEqual([
      { name: "SHARED", count: 3, packages: ["Load", "old", "report"] },
    ]);
  });

  test("GET …/secrets/overrides counts all packages and names the first 20", async () => {
    await world.database.run(
      `with made as (
         insert into packages (id, project_id, name, current_version)
         select 'pkg_many' || n, project_id, 'many-' || lpad(n::text, 2, '0'), 1
         from generate_series(1, 60) n, packages where name = 'report' returning id)
       insert into secrets (id, scope, owner_id, name, version)
       select 'sec_' || id, 'service', id, 'SHARED', 1 from made`,
    );
    const [found] = await overrides();
    expect(found).toMatchObject({ name: "SHARED", count: 62 });
    expect(found?.packages.slice(0, 3)).toEqual(["Load", "many-01", "many-02"]);
    expect(found?.packages).toHaveLength(20);
  });

  test("GET …/secrets/overrides refuses a project that does not exist", async () => {
    expect(await refused(send(world.platform, "GET", "/projects/nothing/secrets/overrides"))).toMatchObject({
      code: "PROJECT_NOT_FOUND",
    });
  });
});
