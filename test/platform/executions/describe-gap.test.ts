import { describe, expect, test } from "vitest";
import { describeGap } from "../../../packages/platform/src/executions/describe-gap.ts";

const ended = { status: "succeeded", isComplete: false, isAwaited: false, missing: 2, last: 9 } as const;

describe("describeGap()", () => {
  test("describeGap() says how much is missing, once no report is awaited", () => {
    expect(describeGap(ended)).toContain("2 of 9 report chunks have not arrived");
    expect(describeGap({ ...ended, isAwaited: true })).toBeUndefined();
    expect(describeGap({ ...ended, isComplete: true })).toBeUndefined();
  });

  test("describeGap() says that the end of a run is unknown when its executor was lost", () => {
    expect(describeGap({ ...ended, status: "lost", missing: 0, last: 0 })).toContain("The executor was lost");
  });
});
