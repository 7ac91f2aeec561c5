import { describe, expect, test } from "vitest";
import { describeLogDeletion } from "../../../packages/platform/src/executions/describe-log-deletion.ts";

const at = new Date("2027-01-03T23:59:59.000Z");

describe("describeLogDeletion()", () => {
  test("describeLogDeletion() says when, and by whose limit", () => {
    expect(describeLogDeletion({ at, days: 30, rule: "platform" })).toEqual({
      at: "2027-01-03T23:59:59.000Z",
      days: 30,
      rule: "platform",
      sentence:
        "Retention deleted the log and the results of the steps on 2027-01-03: the platform keeps logs for 30 days",
    });
    expect(describeLogDeletion({ at, days: 1, rule: "project" })?.sentence).toContain(
      "the project keeps logs for 1 day",
    );
  });

  test("describeLogDeletion() is null while the log is kept", () => {
    expect(describeLogDeletion({ at: null, days: null, rule: null })).toBe(null);
  });
});
