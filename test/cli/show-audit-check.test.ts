import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { describeAccepted, howToContinue, showChecked } from "../../packages/cli/src/show-audit-check.ts";
import { createOutput } from "../../packages/cli/src/output.ts";

test("showChecked() says from where it read, which breaks were accepted, and what it remarks", () => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  showChecked(
    { output: createOutput(stdout, stderr) },
    {
      checked: 3,
      waiting: 1,
      head: { position: "103", hash: "ab" },
      from: { position: "100", verifiedAt: "2026-01-01T00:00:00.000Z" },
      accepted: [{ link: "102", seq: "105", by: "admin", reason: "NTP" }],
      remarks: ["It could not be noted"],
    },
  );
  expect(`${stdout.read()}`.split("\n")).toEqual([
    "verified 3 rows",
    "  after link 100, which was checked at 2026-01-01T00:00:00.000Z; --full reads everything",
    "  1 row not linked yet",
    "  accepted break at link 102 (row 105) by admin: NTP",
    "  last link 103 ab",
    "",
  ]);
  expect(`${stderr.read()}`).toBe("It could not be noted\n");
});

test("describeAccepted() and howToContinue() name link and command", () => {
  expect(describeAccepted({ link: "2", seq: "3", by: "a", reason: "b" })).toBe(
    "accepted break at link 2 (row 3) by a: b",
  );
  expect(howToContinue("audit continue --after", 7n)).toContain("sealrun audit continue --after 7 --reason TEXT");
});
