import { expect, test } from "vitest";
import { createTrust, fetchPlatform } from "../../../packages/client/src/connection/trust.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { hostilePlatform } from "../hostile-platform.ts";

const url = "http://platform.test";
const owner = "pkg_00000000000000000000";

test("createTrust() refuses a keyring that is not the pinned one", async () => {
  const platform = hostilePlatform(() => ({}));
  const other = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "secret-token", fetch: platform.fetch }, other.fingerprint);
  expect(await rejectionOf(trust.platform())).toMatchObject({ code: "FINGERPRINT_MISMATCH" });
});

test("createTrust() asks who the platform is once", async () => {
  const platform = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint);
  await Promise.all([trust.platform(), trust.platform()]);
  await trust.platform();
  expect(platform.seen.length).toBe(1);
});

test("createTrust() does not ask again for what is known, and refuses it under another pin", async () => {
  const platform = hostilePlatform(() => ({}));
  const known = await fetchPlatform({ url, fetch: platform.fetch });
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint, known);
  expect(await trust.platform()).toEqual(known);
  expect(platform.seen.length).toBe(1);
  const other = createTrust({ url, token: "t", fetch: platform.fetch }, hostilePlatform(() => ({})).fingerprint, known);
  expect(await rejectionOf(other.platform())).toMatchObject({ code: "FINGERPRINT_MISMATCH" });
});

test("createTrust() gives the key of a statement for that very scope", async () => {
  const platform = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint);
  const key = await trust.readKey(platform.state({ scope: "service", ownerId: owner }), {
    scope: "service",
    ownerId: owner,
  });
  expect(key).toEqual({
    platformId: platform.platformId,
    ownerId: owner,
    publicKey: platform.keys.get(owner)?.publicKey,
  });
});

test.each([
  ["another owner", { scope: "service", ownerId: "pkg_11111111111111111111" }],
  ["another scope", { scope: "project", ownerId: owner }],
  ["another platform", { scope: "service", ownerId: owner, platformId: "plt_11111111111111111111" }],
] as const)("createTrust() refuses a true statement for %s", async (_, fields) => {
  const platform = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint);
  const read = trust.readKey(platform.state(fields), { scope: "service", ownerId: owner });
  expect(await rejectionOf(read)).toMatchObject({ code: "BAD_SIGNATURE" });
});

test("createTrust() refuses a platform key that belongs to another owner than the platform", async () => {
  const platform = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint);
  const read = trust.readKey(platform.state({ scope: "platform", ownerId: owner }), { scope: "platform" });
  expect(await rejectionOf(read)).toMatchObject({ code: "BAD_SIGNATURE" });
});

test("createTrust() refuses a statement of another keyring", async () => {
  const platform = hostilePlatform(() => ({}));
  const other = hostilePlatform(() => ({}));
  const trust = createTrust({ url, token: "t", fetch: platform.fetch }, platform.fingerprint);
  const statement = other.state({ scope: "service", ownerId: owner, platformId: platform.platformId });
  expect(await rejectionOf(trust.readKey(statement, { scope: "service", ownerId: owner }))).toMatchObject({
    code: "BAD_SIGNATURE",
  });
});

test("fetchPlatform() refuses a fingerprint that is not the key's own", async () => {
  const [one, other] = [hostilePlatform(() => ({})), hostilePlatform(() => ({}))];
  const lying: typeof fetch = async (address, request) => {
    const text = await (await one.fetch(address, request)).text();
    return new Response(text.replace(one.fingerprint, other.fingerprint));
  };
  expect(await rejectionOf(fetchPlatform({ url, fetch: lying }))).toMatchObject({ code: "FINGERPRINT_MISMATCH" });
});

test("fetchPlatform() sends no token", async () => {
  const platform = hostilePlatform(() => ({}));
  await fetchPlatform({ url, fetch: platform.fetch });
  expect(platform.seen[0]?.headers.has("authorization")).toBe(false);
});
