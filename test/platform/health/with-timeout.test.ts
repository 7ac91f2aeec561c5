import { describe, expect, test } from "vitest";
import { withTimeout } from "../../../packages/platform/src/health/with-timeout.ts";
import { rejectionOf } from "../../support/refusal.ts";

describe("withTimeout()", () => {
  test("withTimeout() gives the answer, or the failure", async () => {
    expect(await withTimeout(60_000, async () => 7)).toBe(7);
    const failing = withTimeout(60_000, async () => {
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow("no");
  });

  test("withTimeout() says that no answer came in time", async () => {
    const never = withTimeout(20, async () => new Promise(() => undefined));
    expect(await rejectionOf(never)).toMatchObject({
      code: "TIMED_OUT",
      message: "There was no answer within 0.02 seconds",
    });
  });
});
