import { randomBytes } from "node:crypto";
import { generateIdentity, generateScopeKey, newId, publicKeyId, signScopeKey, toBase64, toHex } from "@sealrun/crypto";
import { connectNats, type NatsLink, serve } from "@sealrun/nats";
import {
  decode,
  inboxPrefix,
  platformId,
  projectId,
  type ScopeKeyFields,
  scopeKeyRequest,
  subjects,
} from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchScopeKey, readScopeKey } from "../../../packages/platform/src/secrets/scope-key.ts";
import { startTestNats } from "../../support/servers.ts";

const own = platformId.parse(newId("platform"));
const [platform, keyring, stranger] = [generateIdentity(own), generateIdentity("keyring"), generateIdentity("keyring")];
const place = { scope: "platform", ownerId: own } as const;
let nats: Awaited<ReturnType<typeof startTestNats>>;
let link: NatsLink;
let peer: NatsLink;
beforeAll(async () => {
  nats = await startTestNats();
  const login = ({ user, password }: { user: string; password: string }) => ({ url: nats.url, user, password });
  link = await connectNats({ ...login(nats.platform), name: "platform", inboxPrefix: inboxPrefix("platform") });
  peer = await connectNats({ ...login(nats.keyring), name: "keyring", inboxPrefix: inboxPrefix("keyring") });
});
afterAll(async () => {
  await link.close();
  await peer.close();
  await nats.stop();
});

/** A keyring that answers with a statement of its choice, signed as it likes. */
async function askPeer(hostile: {
  readonly fields?: Partial<ScopeKeyFields>;
  readonly statementBy?: typeof keyring;
  readonly replyBy?: typeof keyring;
}) {
  const { publicKey } = generateScopeKey();
  const service = serve({
    link: peer,
    identity: hostile.replyBy ?? keyring,
    subject: subjects.keyring("scope-key"),
    queue: "keyring",
    kind: "scope-key",
    findKey: (sender) => (sender === own ? platform.signPublic : undefined),
    handle: async ({ body }) => {
      const { scope, ownerId } = decode(scopeKeyRequest, body);
      const fields = { platformId: own, scope, ownerId, version: 1, publicKey: toBase64(publicKey), ...hostile.fields };
      return { ok: true, statement: signScopeKey(hostile.statementBy ?? keyring, fields) };
    },
    log: { error: () => undefined },
  });
  await peer.connection.flush();
  try {
    const deps = {
      link,
      identity: platform,
      keyring: { id: "keyring", signPublic: keyring.signPublic },
      platformId: own,
    };
    return { key: await fetchScopeKey(deps, place), publicKey };
  } finally {
    await service.close();
  }
}

describe("fetchScopeKey()", () => {
  test("fetchScopeKey() gives the key that the keyring states, and its id", async () => {
    const { key, publicKey } = await askPeer({});
    expect(toHex(key.publicKey)).toBe(toHex(publicKey));
    expect(key.keyId).toBe(toHex(publicKeyId(publicKey)));
  });

  test.each([
    ["the true statement of another scope", { fields: { scope: "project" as const } }, "BAD_SIGNATURE"],
    ["the true statement of another owner", { fields: { ownerId: "prj_01234567890123456789" } }, "BAD_SIGNATURE"],
    [
      "the statement of another platform",
      { fields: { platformId: platformId.parse(newId("platform")) } },
      "BAD_SIGNATURE",
    ],
    ["a statement with a foreign signature", { statementBy: stranger }, "BAD_SIGNATURE"],
    ["a reply with a foreign signature", { replyBy: stranger }, "BAD_SIGNATURE"],
    ["a key of low order", { fields: { publicKey: toBase64(new Uint8Array(32)) } }, "LOW_ORDER_KEY"],
  ])("fetchScopeKey() refuses %s", async (_what, hostile, code) => {
    await expect(askPeer(hostile)).rejects.toMatchObject({ code });
  });

  test("fetchScopeKey() says KEYRING_UNREACHABLE when no keyring answers", async () => {
    const deps = { link, identity: platform, keyring: { id: "keyring", signPublic: randomBytes(32) }, platformId: own };
    await expect(fetchScopeKey(deps, place)).rejects.toMatchObject({ code: "KEYRING_UNREACHABLE" });
  });
});

describe("readScopeKey()", () => {
  const stated = { platformId: own, scope: "platform", ownerId: own, version: 1 } as const;
  const statement = signScopeKey(keyring, { ...stated, publicKey: toBase64(generateScopeKey().publicKey) });
  const deps = { keyring: { id: "keyring", signPublic: keyring.signPublic }, platformId: own };

  test("readScopeKey() verifies a statement once, and gives the same key for the same bytes", () => {
    const first = readScopeKey(deps, place, statement);
    expect(readScopeKey(deps, place, { ...statement })).toBe(first);
  });

  test("readScopeKey() refuses a known body under another signature, for another place, and of another keyring", () => {
    readScopeKey(deps, place, statement);
    const forged = signScopeKey(stranger, { ...stated, publicKey: toBase64(generateScopeKey().publicKey) });
    const elsewhere = { scope: "project", ownerId: projectId.parse(newId("project")) } as const;
    const others = { keyring: { id: "keyring", signPublic: stranger.signPublic }, platformId: own };
    for (const read of [
      () => readScopeKey(deps, place, { ...statement, signature: forged.signature }),
      () => readScopeKey(deps, elsewhere, statement),
      () => readScopeKey(others, place, statement),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: "BAD_SIGNATURE" }));
    }
  });
});
