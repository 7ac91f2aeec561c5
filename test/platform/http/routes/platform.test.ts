import { checkFingerprint, fromBase64 } from "@sealrun/crypto";
import { platformInfo } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

describe("GET /api/v1/platform", () => {
  test("GET /api/v1/platform tells every client the keyring's fingerprint, before a client sends its token", async () => {
    const answer = await fetch(`${platform.url}/api/v1/platform`);
    const info = platformInfo.parse(await answer.json());
    expect(info).toMatchObject({ id: platform.platformId, keyring: { fingerprint: platform.fingerprint } });
    expect(() => checkFingerprint(platform.fingerprint, fromBase64(info.keyring.signPublic))).not.toThrow();
  });
});
