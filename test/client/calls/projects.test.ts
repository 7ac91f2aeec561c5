import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { hostilePlatform } from "../hostile-platform.ts";

const acme = { id: "prj_00000000000000000000", name: "acme", createdAt: "t", maxConcurrent: null };

test("listProjects() gives what the platform lists, asked with the token", async () => {
  const platform = hostilePlatform(() => ({ projects: [acme] }));
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "the-token", fingerprint, fetch });
  expect(await client.listProjects()).toEqual([acme]);
  expect(platform.seen.at(-1)?.headers.get("authorization")).toBe("Bearer the-token");
});

test("createProject() gives the project made", async () => {
  const platform = hostilePlatform(() => acme);
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "the-token", fingerprint, fetch });
  expect(await client.createProject("acme")).toEqual(acme);
  expect(platform.seen.at(-1)?.body).toBe('{"name":"acme"}');
});

test("changeProject() sends what changes and gives the project as it is then", async () => {
  const platform = hostilePlatform(() => ({ ...acme, maxConcurrent: 3 }));
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "the-token", fingerprint, fetch });
  expect(await client.changeProject("acme", { maxConcurrent: 3 })).toMatchObject({ maxConcurrent: 3 });
  expect(platform.seen.at(-1)).toMatchObject({ method: "PATCH", path: "/projects/acme", body: '{"maxConcurrent":3}' });
});

test("overview() gives the packages of a project, whose name cannot leave its place", async () => {
  const platform = hostilePlatform(() => ({ packages: [] }));
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "the-token", fingerprint, fetch });
  expect(await client.overview("a/b")).toEqual({ packages: [] });
  expect(platform.seen.at(-1)).toMatchObject({ method: "GET", path: "/projects/a%2Fb/overview" });
});

test("listProjectSummaries() gives all projects in one request", async () => {
  const summary = { name: "acme", packages: 2, needAttention: 1, lastRunAt: null };
  const platform = hostilePlatform(() => ({ projects: [summary] }));
  const { fetch, fingerprint } = platform;
  const client = createClient({ url: "http://platform.test", token: "the-token", fingerprint, fetch });
  expect(await client.listProjectSummaries()).toEqual([summary]);
  expect(platform.seen.at(-1)).toMatchObject({ method: "GET", path: "/overview" });
});
