import { expect, test } from "vitest";
import { createClient } from "../../../packages/client/src/client.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { type HostilePlatform, hostilePlatform } from "../hostile-platform.ts";

const row = { seq: "1", at: "t", actor: "a", action: "b", object: "c", detail: {}, requestId: "r" };

function clientOf({ fetch, fingerprint }: HostilePlatform, asked: string[] = []) {
  return createClient({
    url: "http://platform.test",
    token: "secret-token",
    fingerprint,
    fetch: async (input, init) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return fetch(input, init);
    },
  });
}

test("listAudit() sends its filter and gives the rows", async () => {
  const asked: string[] = [];
  const platform: HostilePlatform = hostilePlatform(() => ({ rows: [row], next: null }));
  expect((await clientOf(platform, asked).listAudit({ action: "secret", limit: 5 })).rows).toEqual([row]);
  expect(asked.at(-1)).toBe("http://platform.test/api/v1/audit?action=secret&limit=5");
});

test("verifyAudit() and continueAudit() send what they are given", async () => {
  const asked: string[] = [];
  const whole = { checked: 1, waiting: 0, head: null, checkpoint: null };
  const rest = { from: null, fullAt: null, accepted: [], remarks: [], fault: null };
  const platform: HostilePlatform = hostilePlatform(() => ({
    ...whole,
    ...rest,
    link: "2",
    seq: "2",
    by: "a",
    reason: "b",
  }));
  const client = clientOf(platform, asked);
  await client.verifyAudit();
  await client.verifyAudit({ isFull: true });
  await client.continueAudit({ after: "1", reason: "b" });
  expect(asked.slice(-3).map((url) => url.replace("http://platform.test/api/v1/audit/", ""))).toEqual([
    "verification",
    "verification?full=true",
    "continuation",
  ]);
});

test("verifyAudit() refuses an answer that leaves the fault out", async () => {
  const platform: HostilePlatform = hostilePlatform(() => ({ checked: 1, waiting: 0, head: null, checkpoint: null }));
  expect(await rejectionOf(clientOf(platform).verifyAudit())).toMatchObject({ code: "MALFORMED" });
});
