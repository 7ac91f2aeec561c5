import { projectOverview, type PackageOverview } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, keyOf, refused, sealAll, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
});
afterAll(async () => world.close());

async function overviewOf(name: string): Promise<PackageOverview> {
  const { packages } = await ask(world.platform, projectOverview, ["GET", "/projects/ACME/overview"]);
  const found = packages.find((row) => row.name === name);
  if (found === undefined) throw new TypeError(`the overview has no ${name}`);
  return found;
}

async function set(collection: string, name: string): Promise<void> {
  const secrets = sealAll(world.platform, await keyOf(world.platform, collection), { [name]: "canary-of-overview" });
  expect((await send(world.platform, "PUT", collection, { json: { secrets } })).ok).toBe(true);
}

describe("GET /projects/:project/overview", () => {
  test("GET /projects/:project/overview describes a package that never ran", async () => {
    await world.push("quiet", {
      "main.sh": "true\n",
      "manifest.json": JSON.stringify({ description: "Says nothing", tags: ["night"], schedule: "0 3 * * *" }),
      "parameters.json": JSON.stringify({ fields: [{ type: "text", name: "who" }] }),
    });
    const found = await overviewOf("quiet");
    expect(found).toMatchObject({
      version: 1,
      description: "Says nothing",
      tags: ["night"],
      steps: 1,
      canRun: true,
      hasParameters: true,
      lastRun: null,
      recent: [],
      missing: [],
    });
    expect(found.nextAt).toMatch(/T03:00:00/);
  });

  test("GET /projects/:project/overview says that a package cannot be run by hand", async () => {
    await world.push("byhand", { "main.sh": "true\n", "manifest.json": '{"allow_manual_triggering":false}' });
    expect(await overviewOf("byhand")).toMatchObject({ canRun: false, hasParameters: false, nextAt: null });
  });

  test("GET /projects/:project/overview gives the last ten executions and the newest one whole", async () => {
    await world.push("often");
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      ids.push(await world.start("often", { notBefore: "2100-01-01T00:00:00Z" }));
    }
    const { lastRun, recent } = await overviewOf("often");
    expect(recent).toEqual(
      ids
        .toReversed()
        .map((id) => ({ id, status: "queued" }))
        .slice(0, 10),
    );
    expect(lastRun).toMatchObject({ id: ids.at(-1), waiting: expect.stringContaining("2100") });
  });

  test("GET /projects/:project/overview tells each secret that is missing, until any scope has it", async () => {
    await world.push("wants", {
      "main.sh": "true\n",
      "config.json": JSON.stringify({ url: '{{ secret("WANTED_URL") }}' }),
      "manifest.json": JSON.stringify({ secrets: ["WANTED_URL", "WANTED_KEY", "WANTED_NAME"] }),
    });
    const { ref } = await world.claim("wants");
    const read = { type: "read", step: 0, scope: null, version: null, outcome: "missing", time: 1 } as const;
    await world.peer.report(ref, 1, [{ ...read, name: "WANTED_LATE" }]);
    const missing = async () => (await overviewOf("wants")).missing;
    const ofDocuments = [
      { name: "WANTED_URL", askedBy: "reference", where: "config.json: url" },
      { name: "WANTED_KEY", askedBy: "manifest", where: "manifest.json" },
      { name: "WANTED_NAME", askedBy: "manifest", where: "manifest.json" },
    ];
    expect(await missing()).toEqual(ofDocuments);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    await expect
      .poll(missing)
      .toEqual([...ofDocuments, { name: "WANTED_LATE", askedBy: "run", where: ref.executionId }]);
    await set("/projects/acme/secrets", "WANTED_URL");
    await set("/platform/secrets", "WANTED_LATE");
    await set("/projects/acme/packages/wants/secrets", "WANTED_KEY");
    await set("/projects/acme/packages/report/secrets", "WANTED_NAME");
    expect(await missing()).toEqual(ofDocuments.slice(2));
  });

  test("GET /projects/:project/overview refuses an unknown project", async () => {
    const refusal = await refused(send(world.platform, "GET", "/projects/nope/overview"));
    expect(refusal).toMatchObject({ status: 404, code: "PROJECT_NOT_FOUND" });
  });
});
