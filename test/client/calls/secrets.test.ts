import { fromBase64, openWithPrivateKey, secretContext } from "@sealrun/crypto";
import { decode, jsonValue, putSecrets } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { type HostilePlatform, hostilePlatform, type Seen } from "../hostile-platform.ts";

const url = "http://platform.test";
const project = "prj_00000000000000000000";
const place = { scope: "project", project: "acme" } as const;
const stored = { name: "A", scope: "project", version: 1, author: "admin", updatedAt: "t" };

function clientOf(platform: HostilePlatform) {
  const { fetch, fingerprint } = platform;
  return createClient({ url, token: "secret-token", fingerprint, fetch });
}

function putOf(seen: readonly Seen[]) {
  const body = seen.find(({ method }) => method === "PUT")?.body;
  return decode(putSecrets, new TextEncoder().encode(String(body)));
}

test("setSecrets() sends a value that only the project's key opens", async () => {
  const platform: HostilePlatform = hostilePlatform(({ method }) =>
    method === "PUT" ? { secrets: [stored] } : { key: platform.state({ scope: "project", ownerId: project }) },
  );
  await clientOf(platform).setSecrets(place, new Map([["A", "plain-value"]]));
  const body = putOf(platform.seen);
  expect(JSON.stringify(platform.seen)).not.toContain("plain-value");
  const pair = platform.keys.get(project);
  if (pair === undefined) throw new TypeError("the key was never asked for");
  const context = secretContext({ platformId: platform.platformId, scope: "project", ownerId: project, name: "A" });
  const opened = openWithPrivateKey(pair, context, fromBase64(body.secrets[0]?.envelope ?? ""));
  expect(decode(jsonValue, opened)).toBe("plain-value");
});

test("setSecrets() waits no longer for the key to seal with than for the save itself", async () => {
  const platform = hostilePlatform(() => ({}));
  const hangs: typeof fetch = async (input, init) =>
    (input instanceof Request ? input.url : input.toString()).endsWith("/platform")
      ? platform.fetch(input, init)
      : new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        });
  const { fingerprint } = platform;
  const client = createClient({ url, token: "t", fingerprint, fetch: hangs, maxSaveMs: 10 });
  const values = new Map([["A", "a value"]]);
  expect(await rejectionOf(client.setSecrets(place, values))).toMatchObject({ code: "TIMED_OUT" });
  const service = { scope: "service", project: "acme", package: "report" } as const;
  expect(await rejectionOf(client.setSecrets(service, values))).toMatchObject({ code: "TIMED_OUT" });
});

test("setSecrets() asks the platform nothing when a value is empty, unless that is meant", async () => {
  const platform: HostilePlatform = hostilePlatform(({ method }) =>
    method === "PUT" ? { secrets: [stored] } : { key: platform.state({ scope: "project", ownerId: project }) },
  );
  const client = clientOf(platform);
  for (const empty of ["", " \r\n"]) {
    const values = new Map([
      ["A", "x"],
      ["B", empty],
    ]);
    expect(await rejectionOf(client.setSecrets(place, values))).toMatchObject({
      code: "VALUE_EMPTY",
      message: 'Expected a value of "B", found an empty one; nothing was stored; set allowEmpty if it is meant',
    });
    expect(platform.seen).toEqual([]);
  }
  expect(await client.setSecrets(place, new Map([["A", ""]]), "import", { allowEmpty: true })).toEqual([stored]);
});

test("setSecrets() sends nothing sealed with the key of another scope", async () => {
  const platform: HostilePlatform = hostilePlatform(() => ({
    key: platform.state({ scope: "service", ownerId: "pkg_x" }),
  }));
  const refused = clientOf(platform).setSecrets(place, new Map([["A", "plain-value"]]));
  expect(await rejectionOf(refused)).toMatchObject({ code: "BAD_SIGNATURE" });
  expect(platform.seen.some(({ method }) => method === "PUT")).toBe(false);
});

test("setSecrets() seals again when the key was replaced in between", async () => {
  let puts = 0;
  const replaced = { error: { code: "KEY_CHANGED", message: "Seal again", requestId: "r" } };
  const platform: HostilePlatform = hostilePlatform(({ method }) => {
    if (method !== "PUT") return { key: platform.state({ scope: "project", ownerId: project }) };
    puts += 1;
    return puts === 1 ? Response.json(replaced, { status: 409 }) : { secrets: [stored] };
  });
  expect(await clientOf(platform).setSecrets(place, new Map([["A", "x"]]))).toEqual([stored]);
});

test("secretUses() asks the collection of each scope", async () => {
  const platform = hostilePlatform(() => ({ name: "A", scope: "platform", uses: [] }));
  const client = clientOf(platform);
  await client.secretUses({ scope: "platform" }, "A");
  await client.secretUses(place, "A");
  expect((await client.secretUses({ scope: "service", project: "acme", package: "../x" }, "A")).uses).toEqual([]);
  expect(platform.seen.map(({ path }) => path).filter((path) => path !== "/platform")).toEqual([
    "/platform/secrets/A/uses",
    "/projects/acme/secrets/A/uses",
    "/projects/acme/packages/..%2Fx/secrets/A/uses",
  ]);
});
