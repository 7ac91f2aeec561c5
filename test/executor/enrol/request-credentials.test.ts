import { issueEnrolmentToken } from "@sealrun/keyring";
import { readUserJwt } from "@sealrun/nats";
import { decodeEnrolmentToken } from "@sealrun/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrol } from "../../../executor/src/enrol/enrol.ts";
import { requestCredentials } from "../../../executor/src/enrol/request-credentials.ts";
import type { ExecutorState } from "../../../executor/src/enrol/state-file.ts";
import { startOperatorPlatform } from "../../support/operator-platform.ts";
import { rejectionOf } from "../../support/refusal.ts";
import type { TestPlatform } from "../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => void (platform = await startOperatorPlatform()));
afterAll(async () => platform.close());

async function enrolled(): Promise<ExecutorState> {
  const token = await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" });
  return enrol({ ...decodeEnrolmentToken(token), url: platform.url });
}

test("requestCredentials() gives a new login of the same user, valid for an hour", async () => {
  const state = await enrolled();
  const { nats, expiresAt } = await requestCredentials(state, platform.url);
  if (!("jwt" in nats) || !("jwt" in state.nats)) throw new TypeError("expected JWTs");
  expect(nats.seed).toBe(state.nats.seed);
  const { accountId } = readUserJwt(state.nats.jwt);
  expect(readUserJwt(nats.jwt)).toEqual({ accountId, expiresAt });
  expect(expiresAt).toBeGreaterThan(Date.now() + 3_500_000);
  expect(expiresAt).toBeLessThan(Date.now() + 3_602_000);
});

test("requestCredentials() trusts only the keyring, and gets a login that no other executor can open", async () => {
  const [state, other] = [await enrolled(), await enrolled()];
  const forged = { ...state, keyring: { ...state.keyring, signPublic: other.platform.signPublic } };
  expect((await rejectionOf(requestCredentials(forged, platform.url))).code).toBe("BAD_SIGNATURE");
  const stranger = { ...state, identity: { ...state.identity, box: other.identity.box } };
  expect((await rejectionOf(requestCredentials(stranger, platform.url))).code).toBe("WRONG_KEY_OR_CONTEXT");
  const impostor = { ...state, identity: { ...other.identity, id: state.identity.id } };
  expect((await rejectionOf(requestCredentials(impostor, platform.url))).code).toBe("BAD_SIGNATURE");
});
