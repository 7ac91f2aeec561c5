import { decodeEnrolmentToken, executorList, poolList } from "@sealrun/protocol";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol } from "../../../../executor/src/enrol/enrol.ts";
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
    const pool = { name: "night", executors: 1, slots: 256, running: 0, queued: 0, oldestQueuedAt: null };
    expect((await ask(platform, poolList, ["GET", "/pools"])).pools).toEqual([pool]);
    await peer.rpc.presence({ slots: 3, running: 0, draining: true });
    expect(await list()).toMatchObject([{ slots: 3, isLive: true, isDraining: true }]);
    const trouble = { code: "DISK_FULL", message: "No space is left" };
    await peer.rpc.presence({ slots: 3, running: 0, draining: false, trouble });
    expect(await list()).toMatchObject([{ slots: 3, isLive: true, isDraining: false, trouble }]);
    expect((await ask(platform, poolList, ["GET", "/pools"])).pools).toMatchObject([{ executors: 1, slots: 0 }]);
    await peer.rpc.presence({ slots: 3, running: 0, draining: false });
    expect(await list()).toMatchObject([{ trouble: null }]);
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
    expect(await post({ frame: "AAAA" })).toMatchObject({ code: "BAD_FORMAT" });
    expect(await post({ frame: "A".repeat(100_000) })).toMatchObject({ code: "VALUE_TOO_LARGE" });
  });

  test("POST /executors/enrol ends a flood from one address", async () => {
    const answers = await Promise.all(
      Array.from({ length: 140 }, async () => refused(send(platform, "POST", "/executors/enrol", { json: {} }))),
    );
    expect(answers.at(-1)).toMatchObject({ status: 429, code: "RATE_LIMITED" });
  });
});
