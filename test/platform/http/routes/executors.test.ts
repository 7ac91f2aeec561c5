import { generateIdentity, newId, randomBytes, signFrame, toBase64 } from "@sealrun/crypto";
import { decodeEnrolmentToken, encodeJson, enrolPath, executorList, poolList } from "@sealrun/protocol";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol } from "../../../../executor/src/enrol/enrol.ts";
import { requestCredentials } from "../../../../executor/src/enrol/request-credentials.ts";
import { ask, refused, send } from "../../../support/api.ts";
import { codeOf } from "../../../support/executions-world.ts";
import { enrolPeer } from "../../../support/executor-peer.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

const list = async () => (await ask(platform, executorList, ["GET", "/executors"])).executors;

describe("POST /executors/enrol", () => {
  test("POST /executors/enrol enrols with a good token, and the executor is listed with its pool", async () => {
    const peer = await enrolPeer(platform, { pool: "night" });
    expect(await list()).toMatchObject([{ id: peer.state.identity.id, pool: "night", running: 0 }]);
    const heard = { slots: 256, isLive: true, isDraining: false };
    await expect.poll(list).toMatchObject([heard]);
    const pool = {
      name: "night",
      executors: 1,
      slots: 256,
      running: 0,
      queued: 0,
      oldestQueuedAt: null,
      sandbox: "filtered",
      networkForms: ["host"],
    };
    expect((await ask(platform, poolList, ["GET", "/pools"])).pools).toEqual([pool]);
    await peer.rpc.presence({ slots: 3, running: 0, draining: true });
    expect(await list()).toMatchObject([{ slots: 3, isLive: true, isDraining: true }]);
    const trouble = { code: "DISK_FULL", message: "No space is left" };
    await peer.rpc.presence({ slots: 3, running: 0, draining: false, trouble });
    expect(await list()).toMatchObject([{ slots: 3, isLive: true, isDraining: false, trouble }]);
    expect((await ask(platform, poolList, ["GET", "/pools"])).pools).toMatchObject([{ executors: 1, slots: 0 }]);
    await peer.rpc.presence({ slots: 3, running: 0, draining: false });
    expect(await list()).toMatchObject([{ trouble: null, networkForms: ["host"] }]);
    await peer.rpc.presence({ slots: 3, running: 0, draining: false, networkForms: ["host", "none"] });
    expect(await list()).toMatchObject([{ networkForms: ["host", "none"] }]);
    await peer.close();
  });

  test("POST /executors/enrol refuses a used or foreign token, and lists no new executor", async () => {
    const before = await list();
    const text = await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" });
    const token = { ...decodeEnrolmentToken(text), url: platform.url };
    await enrol(token);
    expect(await codeOf(enrol(token))).toBe("ENROLMENT_REFUSED");
    const secret = Buffer.alloc(32, 1).toString("base64");
    const fresh = decodeEnrolmentToken(
      await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" }),
    );
    expect(await codeOf(enrol({ ...fresh, url: platform.url, secret }))).toBe("ENROLMENT_REFUSED");
    expect(await list()).toHaveLength(before.length + 1);
  });

  test("POST /executors/enrol answers each wrong body with its code", async () => {
    const post = async (json: unknown) => refused(send(platform, "POST", "/executors/enrol", { json }));
    expect(await post({})).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await post({ frame: "not base64" })).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await post({ frame: "AAAA" })).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    expect(await post({ frame: "A".repeat(100_000) })).toMatchObject({ code: "VALUE_TOO_LARGE" });
  });
});

/** A request to enrol that anyone can sign: with this id, and keys made here. */
function forgeEnrolment(id: string): Uint8Array {
  const identity = generateIdentity(id);
  const body = {
    tokenId: newId("enrolment"),
    executorId: id,
    signPublic: toBase64(identity.signPublic),
    boxPublic: toBase64(identity.box.publicKey),
    proof: toBase64(randomBytes(32)),
  };
  const to = { kind: "enrol.request", subject: enrolPath, sender: id, requestId: newId("request") } as const;
  return signFrame(identity, { v: 1, ...to, time: Date.now() }, encodeJson(body));
}

/** A window of the count may end in between: twice its maximum is refused in any case. */
async function requestUntilRefused(state: Parameters<typeof requestCredentials>[0]): Promise<void> {
  for (let tried = 0; tried < 60; tried += 1) await requestCredentials(state, platform.url);
}

describe("POST /executors/credentials", () => {
  test("POST /executors/credentials ends a flood of bad frames, while executors of that address renew and enrol", async () => {
    const issue = async () =>
      decodeEnrolmentToken(await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" }));
    const state = await enrol({ ...(await issue()), url: platform.url });
    const flood = async (path: string) => {
      const json = { frame: "AAAA" };
      const last = async () => refused(send(platform, "POST", path, { json }));
      await Promise.all(Array.from({ length: 310 }, last));
      expect(await last()).toMatchObject({ status: 429, code: "RATE_LIMITED" });
      const response = await send(platform, "POST", path, { json });
      expect(response.headers.get("retry-after")).toBe("60");
      await response.body?.cancel();
    };
    await flood("/executors/credentials");
    await flood("/executors/enrol");
    expect(await requestCredentials(state, platform.url)).toMatchObject({ nats: { user: expect.any(String) } });
    expect(await enrol({ ...(await issue()), url: platform.url })).toMatchObject({ pool: expect.anything() });
  });

  test("POST /executors/credentials renews for an executor whose id others state with keys of their own", async () => {
    const text = await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" });
    const state = await enrol({ ...decodeEnrolmentToken(text), url: platform.url });
    const codes = new Set<string>();
    for (let tried = 0; tried < 62; tried += 1) {
      const json = { frame: toBase64(forgeEnrolment(state.identity.id)) };
      codes.add((await refused(send(platform, "POST", "/executors/enrol", { json }))).code);
    }
    expect(codes).toEqual(new Set(["ENROLMENT_REFUSED", "RATE_LIMITED"]));
    expect(await requestCredentials(state, platform.url)).toMatchObject({ nats: { user: expect.any(String) } });
  });

  test("POST /executors/credentials limits one executor without the others of its address", async () => {
    const issue = async () =>
      decodeEnrolmentToken(await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" }));
    const [busy, calm] = [
      await enrol({ ...(await issue()), url: platform.url }),
      await enrol({ ...(await issue()), url: platform.url }),
    ];
    for (let tried = 0; tried < 29; tried += 1) await requestCredentials(busy, platform.url);
    expect(await codeOf(requestUntilRefused(busy))).toBe("RATE_LIMITED");
    expect(await requestCredentials(calm, platform.url)).toMatchObject({ nats: { user: expect.any(String) } });
  });
});
