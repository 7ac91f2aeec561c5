import { foundNames, type FoundNames } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, keyOf, refused, sealAll, send } from "../../support/api.ts";
import { findNames } from "../../../packages/platform/src/overview/find-store.ts";
import { countBuffers } from "../../support/count-buffers.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";
import { addProjects, addSecrets, copyPackages } from "../../support/fill-project.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  await world.push("invoices");
  await world.push("send-Invoice");
  await send(world.platform, "POST", "/projects", { json: { name: "billing" } });
  await set("/platform/secrets", "STRIPE_KEY");
  await set("/projects/billing/secrets", "STRIPE_KEY");
  await set("/projects/acme/packages/invoices/secrets", "stripe.test");
});
afterAll(async () => world.close());

async function set(collection: string, name: string): Promise<void> {
  const secrets = sealAll(world.platform, await keyOf(world.platform, collection), { [name]: "a value to find" });
  expect((await send(world.platform, "PUT", collection, { json: { secrets } })).ok).toBe(true);
}

const find = async (query: string): Promise<FoundNames> => ask(world.platform, foundNames, ["GET", `/find?${query}`]);

describe("GET /find", () => {
  test("GET /find finds the middle of a name in any case, the earliest place first", async () => {
    const { projects, packages, secrets } = await find("text=INVOICE");
    expect(projects).toEqual([]);
    expect(packages).toEqual([
      { project: "acme", package: "invoices", archived: false },
      { project: "acme", package: "send-Invoice", archived: false },
    ]);
    expect(secrets).toEqual([]);
  });

  test("GET /find names the place of each secret, and puts those of the given project first", async () => {
    const platform = { name: "STRIPE_KEY", scope: "platform", project: null, package: null, archived: false };
    const billing = { name: "STRIPE_KEY", scope: "project", project: "billing", package: null, archived: false };
    const acme = { name: "stripe.test", scope: "service", project: "acme", package: "invoices", archived: false };
    const found = await find("text=stripe&near=Billing");
    expect(found.secrets).toEqual([billing, acme, platform]);
    expect((await find("text=stripe&near=acme")).secrets[0]).toEqual(acme);
    expect(JSON.stringify(found)).not.toContain("a value to find");
  });

  test("GET /find finds packages by their project and name, and all of them without a text, but no secret", async () => {
    expect((await find("text=acme/inv")).packages).toMatchObject([{ package: "invoices" }]);
    const all = await find("near=billing&limit=1");
    expect(all.projects).toEqual([{ project: "billing", archived: false }]);
    expect(all.packages).toHaveLength(1);
    expect(all.secrets).toEqual([]);
  });

  test("GET /find takes no character for a pattern, and refuses a limit that is too high", async () => {
    for (const text of ["%25", "_nv", "*", "\\\\", "'"]) expect((await find(`text=${text}`)).packages).toEqual([]);
    expect(await refused(send(world.platform, "GET", "/find?limit=51"))).toMatchObject({ status: 400 });
  });

  test("GET /find leaves out what was deleted or archived, with all that belongs to it, unless it is asked for", async () => {
    await world.push("retired");
    await set("/projects/acme/packages/retired/secrets", "OLD_TOKEN");
    await set("/projects/acme/secrets", "OLD_DELETED");
    await send(world.platform, "DELETE", "/projects/acme/secrets/OLD_DELETED");
    await send(world.platform, "PATCH", "/projects/acme/packages/retired", { json: { archived: true } });
    expect(await find("text=retired")).toMatchObject({ packages: [] });
    expect(await find("text=OLD_")).toMatchObject({ secrets: [] });
    expect(await find("text=retired&archived=true")).toMatchObject({ packages: [{ archived: true }] });
    expect((await find("text=OLD_&archived=true")).secrets).toMatchObject([{ name: "OLD_TOKEN", archived: true }]);
  });
});

describe("findNames() on a large platform", () => {
  test("findNames() reads each table once: 100 projects, 500 packages and 2,000 secrets are some 50 pages", async () => {
    await addProjects(world.database, 100);
    const model = await world.start("invoices");
    await copyPackages(world.database, model, 500);
    await addSecrets(world.database, 2_000);
    const { database, buffers } = countBuffers(world.database);
    const search = { near: undefined, archived: false, limit: 10 };
    const found = await findNames(database, world.platform.platformId, { ...search, text: "e" });
    expect([found.projects, found.packages, found.secrets].map(({ length }) => length)).toEqual([10, 10, 10]);
    expect(buffers()).toBeLessThan(100);
    expect((await findNames(database, world.platform.platformId, { ...search, text: "SECRET_1999" })).secrets).toEqual([
      expect.objectContaining({ name: "SECRET_1999", scope: "service" }),
    ]);
  });
});
