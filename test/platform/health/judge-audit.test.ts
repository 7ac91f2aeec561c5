import { limits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import type { AuditFacts } from "../../../packages/platform/src/audit/audit.ts";
import { judgeAudit } from "../../../packages/platform/src/health/judge-audit.ts";

const dayMs = 24 * 60 * 60_000;
const now = new Date("2026-06-01T00:00:00Z");
const daysAgo = (days: number): Date => new Date(now.getTime() - days * dayMs);
const whole: AuditFacts = {
  isInChain: true,
  checkpointFile: "/keys/audit.json",
  trouble: undefined,
  waiting: { count: 0, seconds: null },
  fullAt: daysAgo(3).toISOString(),
  failure: undefined,
  refusal: undefined,
  since: daysAgo(400),
};
const judge = (facts: Partial<AuditFacts>) => judgeAudit({ ...whole, ...facts }, now);

test("judgeAudit() says when everything was last read", () => {
  expect(judge({})).toEqual({
    state: "good",
    sentence: "Every row is sealed; this platform read the whole audit 3 days ago",
  });
  expect(judge({ fullAt: now.toISOString(), waiting: { count: 2, seconds: 1 } }).sentence).toBe(
    "2 rows wait to be sealed, none for long; this platform read the whole audit today",
  );
});

test("judgeAudit() warns when everything was never read, or not for too long, unless the audit is young", () => {
  const late = daysAgo(limits.auditFullCheckMs / dayMs + 1).toISOString();
  expect(judge({ fullAt: late })).toEqual({
    state: "warning",
    sentence:
      "Every row is sealed, but this platform read the whole audit 36 days ago; run sealrun audit verify --full",
  });
  expect(judge({ fullAt: undefined, checkpointFile: undefined })).toEqual({
    state: "warning",
    sentence:
      "Every row is sealed, but this platform never read the whole audit; run sealrun audit verify --full, and name an auditCheckpointFile, which keeps that",
  });
  expect(judge({ fullAt: undefined, since: daysAgo(1) }).state).toBe("good");
  expect(judge({ fullAt: undefined, since: undefined }).state).toBe("good");
});

test("judgeAudit() calls a cut chain bad and names the files to remove after a restore", () => {
  expect(judge({ isInChain: false })).toEqual({
    state: "bad",
    sentence:
      "The last link of the audit that this platform saw is no longer there: the end was cut off. After restoring a backup, keep copies of /keys/audit.json and /keys/audit.json.verified, remove both, and start the platform again",
  });
  expect(judge({ isInChain: false, checkpointFile: undefined }).sentence).toContain("start the platform again");
});

test("judgeAudit() calls it bad when the last check found something, nothing is sealed, or the checkpoint is not kept", () => {
  const failure = { at: "2026-05-31T00:00:00.000Z", sentence: "Row 5 was removed" };
  expect(judge({ failure })).toEqual({
    state: "bad",
    sentence: "The check of 2026-05-31T00:00:00.000Z found: Row 5 was removed. See sealrun audit verify",
  });
  expect(judge({ waiting: { count: 10_000, seconds: 601 } })).toEqual({
    state: "bad",
    sentence: "10000 rows or more wait to be sealed, the oldest for 10 minutes; see the log of the platforms",
  });
  expect(judge({ waiting: { count: 1, seconds: 61 } }).sentence).toMatch(/^1 row waits to be sealed/);
  expect(judge({ trouble: "ENOSPC" })).toEqual({
    state: "bad",
    sentence: "The checkpoint of the audit cannot be written: ENOSPC",
  });
});

test("judgeAudit() warns of notes that this key did not write", () => {
  expect(judge({ refusal: "x was not written with this audit's key" }).state).toBe("warning");
});
