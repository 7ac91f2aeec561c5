import { expect, test } from "vitest";
import { foldRepeats } from "../../../../packages/web/src/pages/audit/fold-repeats.ts";

const row = (seq: string, more: object = {}) => ({
  seq,
  at: `2026-01-02T03:04:0${seq}Z`,
  actor: "nobody",
  action: "session.refused",
  object: "session",
  detail: { reason: "token" },
  requestId: `req_${seq}`,
  ...more,
});

test("foldRepeats() counts rows that say the same, and keeps the newest and the oldest time", () => {
  const other = row("4", { detail: { reason: "expired" } });
  const folded = foldRepeats([row("9"), row("8"), row("7"), other, row("3")]);
  expect(folded.map(({ row: { seq }, count, since }) => [seq, count, since])).toEqual([
    ["9", 3, "2026-01-02T03:04:07Z"],
    ["4", 1, "2026-01-02T03:04:04Z"],
    ["3", 1, "2026-01-02T03:04:03Z"],
  ]);
  expect(foldRepeats([])).toEqual([]);
});
