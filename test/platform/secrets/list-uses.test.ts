import { putSecretsAnswer, secretUses } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, keyOf, refused, sealAll, send } from "../../support/api.ts";
import { type ExecutionsWorld, startExecutionsWorld } from "../../support/executions-world.ts";

let world: ExecutionsWorld;
beforeAll(async () => {
  world = await startExecutionsWorld();
  for (const collection of ["/platform/secrets", "/projects/acme/secrets"]) await set(collection, "SHARED_URL");
  await world.push("refers", {
    "main.sh": "true\n",
    "config.json": JSON.stringify({ url: '{{ secret("SHARED_URL") }}', other: "SHARED_URLS" }),
  });
  await world.push("lists", { "main.sh": "true\n", "manifest.json": JSON.stringify({ secrets: ["SHARED_URL"] }) });
  await world.push("talks", { "main.sh": "true\n", "config.json": JSON.stringify({ note: "about SHARED_URL" }) });
});
afterAll(async () => world.close());

async function set(collection: string, name: string): Promise<void> {
  const secrets = sealAll(world.platform, await keyOf(world.platform, collection), { [name]: "canary-of-uses" });
  expect((await send(world.platform, "PUT", collection, { json: { secrets } })).ok).toBe(true);
}

const uses = async (collection: string, name: string) =>
  (await ask(world.platform, secretUses, ["GET", `${collection}/${name}/uses`])).uses;
const reference = { file: "config.json", path: "url" };
const use = { project: "acme", shadowed: false, references: [], declared: false, lastRead: null };

describe("GET …/secrets/:name/uses", () => {
  test("GET …/secrets/:name/uses gives the packages whose newest version refers to it or lists it", async () => {
    expect(await uses("/projects/acme/secrets", "SHARED_URL")).toEqual([
      { ...use, package: "lists", declared: true },
      { ...use, package: "refers", references: [reference] },
    ]);
    expect(await uses("/projects/acme/secrets", "SHARED_URLS")).toEqual([]);
  });

  test("GET …/secrets/:name/uses says of the platform's where a narrower scope answers", async () => {
    expect(await uses("/platform/secrets", "SHARED_URL")).toEqual([
      { ...use, package: "lists", declared: true, shadowed: true },
      { ...use, package: "refers", references: [reference], shadowed: true },
    ]);
    await set("/projects/acme/packages/lists/secrets", "SHARED_URL");
    expect(await uses("/projects/acme/secrets", "SHARED_URL")).toMatchObject([
      { package: "lists", shadowed: true },
      { package: "refers", shadowed: false },
    ]);
  });

  test("GET …/secrets/:name/uses of a package looks only at that package", async () => {
    expect(await uses("/projects/acme/packages/lists/secrets", "SHARED_URL")).toEqual([
      { ...use, package: "lists", declared: true },
    ]);
    expect(await uses("/projects/acme/packages/report/secrets", "SHARED_URL")).toEqual([]);
  });

  test("GET …/secrets/:name/uses gives the newest run of each package that read this very secret", async () => {
    await set("/projects/acme/secrets", "READ_ONCE");
    const { ref } = await world.claim("report");
    const read = { type: "read", step: 0, name: "READ_ONCE", scope: "project", version: 1, outcome: "read" } as const;
    await world.peer.report(ref, 1, [{ ...read, time: 1_000 }]);
    await world.peer.rpc.finish({ ...ref, status: "succeeded", lastSequence: 1 });
    const lastRead = { execution: ref.executionId, step: "main.sh", version: 1, at: "1970-01-01T00:00:01.000Z" };
    await expect
      .poll(async () => uses("/projects/acme/secrets", "READ_ONCE"))
      .toEqual([{ ...use, package: "report", lastRead }]);
    expect(await uses("/platform/secrets", "READ_ONCE")).toEqual([]);
  });

  test("GET …/secrets/:name/uses holds no value, and refuses what is not there", async () => {
    const response = await send(world.platform, "GET", "/platform/secrets/SHARED_URL/uses");
    expect(await response.text()).not.toContain("canary");
    const get = async (path: string) => refused(send(world.platform, "GET", path));
    expect(await get("/projects/nope/secrets/A/uses")).toMatchObject({ code: "PROJECT_NOT_FOUND" });
    expect(await get("/projects/acme/packages/nope/secrets/A/uses")).toMatchObject({ code: "PACKAGE_NOT_FOUND" });
    expect(await get("/platform/secrets/-/uses")).toMatchObject({ code: "BAD_REQUEST" });
  });
});

test("DELETE …/secrets/:name refuses what packages use, and deletes it with force", async () => {
  const secret = "/projects/acme/secrets/SHARED_URL";
  expect(await refused(send(world.platform, "DELETE", secret))).toMatchObject({
    status: 409,
    code: "SECRET_IN_USE",
    message:
      '"SHARED_URL" is used by acme/refers (config.json); nothing was deleted; add ?force=true to delete it anyway',
  });
  expect(await refused(send(world.platform, "DELETE", `${secret}?force=yes`))).toMatchObject({ code: "BAD_REQUEST" });
  const gone = await ask(world.platform, putSecretsAnswer, ["DELETE", `${secret}?force=true`]);
  expect(gone.secrets).toMatchObject([{ name: "SHARED_URL" }]);
  expect(await refused(send(world.platform, "DELETE", secret))).toMatchObject({ code: "SECRET_NOT_FOUND" });
});
