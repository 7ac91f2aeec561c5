import { auditChainKey, auditLink, auditProof, rootKeyFromBytes } from "@sealrun/crypto";
import { type Chain, sealRegularly } from "@sealrun/postgres";
import { limits } from "@sealrun/protocol";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAnyWaiting } from "../../../packages/postgres/src/chain/chain.ts";
import { type AuditWorld, openAuditWorld } from "../../support/audit-world.ts";
import { until } from "../../support/until.ts";

const { safetyPollMs } = limits;
const key = auditChainKey(rootKeyFromBytes(Uint8Array.from({ length: 32 }, (_, index) => index)));
const chain: Chain = {
  id: "seq",
  fields: ["extract(epoch from a.at)", "a.action", "a.detail"],
  link: (row) => auditLink(key, row),
  prove: (purpose, fields) => auditProof(key, purpose, fields),
  continuation: () => undefined,
};

let world: AuditWorld;
beforeEach(async () => {
  // Only what the sealer hears of makes it seal.
  Object.assign(limits, { safetyPollMs: 3_600_000 });
  world = await openAuditWorld();
});
afterEach(async () => {
  Object.assign(limits, { safetyPollMs });
  await world.close();
});

describe("sealRegularly()", () => {
  test("sealRegularly() seals soon what is written while it seals, however long that takes", async () => {
    const sealing = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const failures: unknown[] = [];
    const sealer = sealRegularly(world.database, chain, {
      onHead: async () => {
        sealing.resolve();
        await goOn.promise;
      },
      onError: (error) => failures.push(error),
    });
    await world.record(1);
    await sealing.promise;
    await world.record(1);
    // Longer than the sealer gathers rows.
    await sleep(1_500);
    expect(await isAnyWaiting(world.database)).toBe(true);
    goOn.resolve();
    await until(async () => ((await isAnyWaiting(world.database)) ? undefined : true));
    await sealer.close();
    expect(failures).toEqual([]);
  });
});
