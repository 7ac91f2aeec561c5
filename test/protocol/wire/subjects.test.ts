import { executorId, inboxPrefix, poolConsumer, poolId, rpcVerbs, subjects } from "@sealrun/protocol";
import { expect, test } from "vitest";

const executor = executorId.parse("exr_00000000000000000000");
const pool = poolId.parse("pol_00000000000000000000");

test("subjects are below their wildcards, and one executor's are not another's", () => {
  expect(subjects.executions(pool)).toBe(`sealrun.executions.${pool}`);
  expect(subjects.reports(executor)).toBe(`sealrun.reports.${executor}`);
  for (const verb of rpcVerbs) {
    expect(subjects.rpc(executor, verb)).toBe(`sealrun.rpc.${executor}.${verb}`);
    expect(subjects.everyRpc(verb)).toBe(`sealrun.rpc.*.${verb}`);
  }
  expect(subjects.control(executor)).toBe(`sealrun.control.${executor}`);
});

test("poolConsumer() and inboxPrefix() hold the id, and parts have inboxes that no executor may hear", () => {
  expect(poolConsumer(pool)).toBe(`pool-${pool}`);
  expect(inboxPrefix(executor)).toBe(`_INBOX.exr.${executor}`);
  expect([inboxPrefix("platform"), inboxPrefix("keyring")]).toEqual(["_INBOX.platform", "_INBOX.keyring"]);
});
