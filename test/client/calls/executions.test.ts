import { fromBase64, openWithPrivateKey, parametersContext } from "@sealrun/crypto";
import { decode, decodeText, jsonObject, startExecution } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createClient, type Client } from "../../../packages/client/src/client.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { type HostilePlatform, hostilePlatform } from "../hostile-platform.ts";

const id = "pkg_00000000000000000000";
const parameters = {
  fields: [
    { type: "int", name: "count", visible: true },
    { type: "text", name: "who" },
  ],
};

const earlier = {
  id: "ver_00000000000000000000",
  number: 1,
  digest: "0".repeat(64),
  files: [],
  steps: [],
  createdAt: "t",
  manifest: {},
};

function stage(): { readonly platform: HostilePlatform; readonly client: Client } {
  const platform: HostilePlatform = hostilePlatform(({ method, path }) => {
    if (method === "POST") return { id: "exe_00000000000000000000", status: "queued" };
    if (path.endsWith("/versions/1")) return { ...earlier, parameters: { fields: [{ type: "text", name: "old" }] } };
    const files = { id: "ver_00000000000000000000", number: 1, digest: "0".repeat(64), files: [], steps: [] };
    const version = { ...files, createdAt: "t", manifest: {}, parameters };
    const project = { id: "prj_00000000000000000000", name: "acme" };
    const key = platform.state({ scope: "service", ownerId: id });
    return { id, name: "report", project, createdAt: "t", key, version };
  });
  const { fetch, fingerprint } = platform;
  return { platform, client: createClient({ url: "http://platform.test", token: "t", fingerprint, fetch }) };
}

test("startExecution() sends visible parameters in the clear and the others sealed, by name", async () => {
  const { platform, client } = stage();
  const texts = new Map([["count", "3"]]);
  await client.startExecution({ project: "acme", package: "report", params: { who: "hidden-value" }, texts });
  const sent = decodeText(startExecution, String(platform.seen.find(({ method }) => method === "POST")?.body));
  expect(sent).toMatchObject({ visible: { count: 3 }, sealedNames: ["who"] });
  expect(JSON.stringify(sent)).not.toContain("hidden-value");
  const pair = platform.keys.get(id);
  if (pair === undefined) throw new TypeError("the key was never asked for");
  const context = parametersContext({ platformId: platform.platformId, packageId: id });
  const opened = openWithPrivateKey(pair, context, fromBase64(sent.sealed ?? ""));
  expect(decode(jsonObject, opened)).toEqual({ who: "hidden-value" });
});

test.each([
  ["an unknown parameter", { whoo: "x" }],
  ["a parameter of the wrong type", { count: "many" }],
  ["a parameter that sealrun gives", { package_id: "x" }],
] as const)("startExecution() refuses %s before it sends anything", async (_, params) => {
  const { platform, client } = stage();
  const refused = client.startExecution({ project: "acme", package: "report", params });
  expect(await rejectionOf(refused)).toMatchObject({ code: "PARAMETER_INVALID" });
  expect(platform.seen.some(({ method }) => method === "POST")).toBe(false);
});

test("startExecution() checks parameters by the version that it asks for", async () => {
  const { platform, client } = stage();
  await client.startExecution({ project: "acme", package: "report", params: { old: "x" }, version: 1 });
  const sent = decodeText(startExecution, String(platform.seen.find(({ method }) => method === "POST")?.body));
  expect(sent).toMatchObject({ version: 1, sealedNames: ["old"] });
});

test("startExecution() sends nothing when a name that was shown as sealed is visible now", async () => {
  const { platform, client } = stage();
  const params = { count: 41_729, who: "x" };
  const refused = client.startExecution({ project: "acme", package: "report", params, sealedNames: ["count", "who"] });
  const { code, message } = await rejectionOf(refused);
  expect(code).toBe("PARAMETER_INVALID");
  expect(message).toContain("count");
  expect(message).not.toContain("41729");
  expect(platform.seen.some(({ method }) => method === "POST")).toBe(false);
});

test("startExecution() sends a start whose answer was lost again, with the same key and body", async () => {
  const { platform } = stage();
  const { fetch, fingerprint } = platform;
  let lost = 0;
  const losing: typeof fetch = async (address, request) => {
    const answer = await fetch(address, request);
    if (request?.method !== "POST" || lost === 2) return answer;
    lost += 1;
    throw new TypeError("fetch failed");
  };
  const client = createClient({ url: "http://platform.test", token: "t", fingerprint, fetch: losing });
  await client.startExecution({ project: "acme", package: "report", params: { who: "x" }, priority: 7 });
  const sent = platform.seen.filter(({ method }) => method === "POST");
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  expect(new Set(sent.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
  expect(decodeText(startExecution, String(sent[0]?.body))).toMatchObject({ priority: 7 });
});

test("runAgain() asks for the given version and sends its own key", async () => {
  const { platform, client } = stage();
  await client.runAgain("exe_00000000000000000000", { version: "same" });
  await client.runAgain("../x");
  const sent = platform.seen.filter(({ method }) => method === "POST");
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ["/executions/exe_00000000000000000000/again", '{"version":"same"}'],
    ["/executions/..%2Fx/again", "{}"],
  ]);
  const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
  expect(new Set(keys).size).toBe(2);
  expect(keys.every((key) => key?.startsWith("req_"))).toBe(true);
});

test("executionStatistics() asks with the filters that are given", async () => {
  const nothing = { since: "t", until: "t", bucketMs: 1, counts: {}, buckets: [] };
  const none = { queued: 0, running: 0, succeeded: 0, failed: 0, lost: 0, cancelled: 0 };
  const platform = hostilePlatform(() => ({ ...nothing, counts: none }));
  const queries: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (typeof input === "string") queries.push(new URL(input).search);
    return platform.fetch(input, init);
  };
  const client = createClient({
    url: "http://platform.test",
    token: "t",
    fingerprint: platform.fingerprint,
    fetch,
  });
  await client.executionStatistics({ project: "acme", status: "failed,lost", buckets: 24 });
  expect(queries.at(-1)).toBe("?project=acme&status=failed%2Clost&buckets=24");
});
