import { newId } from "@sealrun/crypto";
import { executorPermissions, keyringPermissions, platformPermissions } from "@sealrun/nats";
import { executorId, poolId } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { accountUpdateSubject, revokerPermissions } from "../../packages/nats/src/permissions.ts";

test("executorPermissions() names the executor or its pool in every subject", () => {
  const [executor, pool] = [executorId.parse(newId("executor")), poolId.parse(newId("pool"))];
  const { publish, subscribe } = executorPermissions(executor, pool);
  for (const subject of [...publish, ...subscribe]) {
    expect(subject.includes(executor) || subject.includes(pool), subject).toBe(true);
  }
});

test("platformPermissions and keyringPermissions allow no part everything", () => {
  for (const { publish, subscribe } of [platformPermissions, keyringPermissions]) {
    expect([...publish, ...subscribe]).not.toContain(">");
  }
});

test("revokerPermissions() names one account in the only subject that may be published", () => {
  const id = `A${"B".repeat(55)}`;
  expect(revokerPermissions(id).publish).toEqual([accountUpdateSubject(id)]);
  expect(accountUpdateSubject(id)).toContain(`.${id}.`);
});
