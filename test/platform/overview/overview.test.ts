import {
  packageId,
  platformOverview,
  projectId,
  projectName,
  projectOverview,
  type PackageOverview,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, keyOf, refused, sealAll, send } from "../../support/api.ts";
import { getProject } from "../../../packages/platform/src/projects/store.ts";
import { listSecrets } from "../../../packages/platform/src/secrets/store.ts";
import { describeProjects } from "../../../packages/platform/src/overview/all-projects.ts";
import { describeProject } from "../../../packages/platform/src/overview/overview.ts";
import { findAttention } from "../../../packages/web/src/pages/home/attention.ts";
import { countBuffers } from "../../support/count-buffers.ts";
import { type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { copyExecutions, copyPackages } from "../../support/fill-project.ts";

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
      "manifest.json": JSON.stringify({
        secrets: ["WANTED_URL", "WANTED_KEY", "WANTED_NAME", "WANTED_MAYBE"],
        optional: ["WANTED_MAYBE"],
      }),
    });
    const { ref } = await world.claim("wants");
    const read = { type: "read", step: 0, scope: null, version: null, outcome: "missing", time: 1 } as const;
    await world.peer.report(ref, 1, [
      { ...read, name: "WANTED_LATE" },
      { ...read, name: "WANTED_MAYBE" },
    ]);
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

test("GET /overview counts the packages of each project that need attention, as its home page does", async () => {
  const { projects } = await ask(world.platform, platformOverview, ["GET", "/overview"]);
  const { packages } = await ask(world.platform, projectOverview, ["GET", "/projects/acme/overview"]);
  const acme = projects.find(({ name }) => name === "acme");
  expect(acme).toMatchObject({ packages: packages.length, needAttention: findAttention(packages).length });
  expect(acme?.needAttention).toBeGreaterThan(1);
  expect(acme?.lastRunAt).toBe(
    packages
      .flatMap(({ lastRun }) => lastRun?.createdAt ?? [])
      .toSorted()
      .at(-1),
  );
});

describe("GET /overview of a large platform", () => {
  const packages = 500;
  beforeAll(async () => {
    await world.push("large", {
      "main.sh": "true\n",
      "secrets.json": JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`LARGE_${n}`, "x1"]))),
    });
    const { ref } = await world.claim("large");
    const read = { type: "read", step: 0, scope: "service", version: 1, outcome: "read", time: 1 } as const;
    await world.peer.report(ref, 1, [{ ...read, name: "LARGE_0" }]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    await until(async () => (await world.show(ref.executionId)).receipt.length === 1);
    await copyPackages(world.database, ref.executionId, packages);
    await copyExecutions(world.database, ref.executionId, { from: 0, to: 5_000 });
  });

  test("describeProject() reads no execution of others for each package that never ran", async () => {
    const { database, buffers } = countBuffers(world.database);
    const project = await getProject(database, projectName.parse("acme"));
    const { packages: found } = await describeProject({ database, platformId: world.platform.platformId }, project, {
      archived: false,
    });
    expect(found.length).toBeGreaterThan(packages);
    // Two searches of an index for each package, of three pages; a walk over 5,000 executions for each is 400,000.
    expect(buffers()).toBeLessThan(40 * packages);
  });

  test("describeProjects() reads no more for all projects than the home pages of each", async () => {
    const { database, buffers } = countBuffers(world.database);
    const { projects } = await describeProjects({ database, platformId: world.platform.platformId });
    expect(projects.map(({ name }) => name)).toEqual(["acme"]);
    expect(buffers()).toBeLessThan(40 * packages);
  });

  test("listSecrets() finds the last read of each secret without reading those of others", async () => {
    const { database, buffers } = countBuffers(world.database);
    const placeRow = z.object({ scope: z.literal("service"), ownerId: packageId, projectId });
    const [place] = await world.database.rows(
      placeRow,
      `select 'service' as scope, id as "ownerId", project_id as "projectId" from packages where name = 'large'`,
    );
    if (place === undefined) throw new TypeError("there is no package large");
    const found = await listSecrets(database, place);
    expect(found).toHaveLength(200);
    expect(found.filter(({ lastRead }) => lastRead !== null)).toHaveLength(1);
    expect(buffers()).toBeLessThan(40 * found.length);
  });
});
