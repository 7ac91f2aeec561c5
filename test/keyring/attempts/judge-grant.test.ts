import { newId } from "@sealrun/crypto";
import { executionId, executorId, type GrantItem, packageId, projectId } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { type GrantFacts, judgeGrant } from "../../../packages/keyring/src/attempts/judge-grant.ts";
import { refusalOf } from "../../support/refusal.ts";

const item: GrantItem = {
  executionId: executionId.parse(newId("execution")),
  attempt: 2,
  packageId: packageId.parse(newId("package")),
  projectId: projectId.parse(newId("project")),
  values: [],
  endsAt: 1_000,
};
const executor = { id: executorId.parse(newId("executor")), projects: "all" } as const;
const facts: GrantFacts = { executor, requestId: "req_1", project: item.projectId, grants: [], now: 999 };
const granted = {
  executionId: item.executionId,
  attempt: 2,
  executorId: executor.id,
  packageId: item.packageId,
  projectId: item.projectId,
  requestId: "req_1",
  isLive: true,
};
const codeOf = (changes: Partial<GrantFacts>): string =>
  refusalOf(() => judgeGrant(item, { ...facts, ...changes })).code;

test("judgeGrant() allows a new attempt, and the same claim of a live one again", () => {
  expect(judgeGrant(item, facts)).toEqual({ isNew: true, requestId: "req_1" });
  const earlier = { ...granted, attempt: 1, requestId: "req_0", isLive: false };
  expect(judgeGrant(item, { ...facts, grants: [earlier] })).toEqual({ isNew: true, requestId: "req_1" });
  // The end of the attempt matters only for a new grant.
  expect(judgeGrant(item, { ...facts, grants: [earlier, granted], now: 2_000 })).toEqual({
    isNew: false,
    requestId: "req_1",
  });
});

test("judgeGrant() refuses a package that is not recorded, and one of another project", () => {
  expect(codeOf({ project: undefined })).toBe("KEY_NOT_FOUND");
  expect(codeOf({ project: newId("project") })).toBe("NO_GRANT");
  expect(codeOf({ executor: { ...executor, projects: [] } })).toBe("NOT_ENROLLED");
});

test("judgeGrant() refuses an execution that the executor does not claim, and an attempt that has ended", () => {
  expect(codeOf({ requestId: undefined })).toBe("NO_GRANT");
  expect(codeOf({ now: 1_000 })).toBe("NO_GRANT");
});

test("judgeGrant() refuses an attempt of another claim, executor or package, an ended one, and an earlier one", () => {
  const others = [
    { ...granted, requestId: "req_2" },
    { ...granted, executorId: executorId.parse(newId("executor")) },
    { ...granted, packageId: packageId.parse(newId("package")) },
    { ...granted, isLive: false },
    { ...granted, attempt: 3 },
    { ...granted, attempt: 1, packageId: packageId.parse(newId("package")) },
  ];
  for (const other of others) expect(codeOf({ grants: [other] })).toBe("NO_GRANT");
});
