import { describe, expect, test } from "vitest";
import { within } from "../../../packages/platform/src/health/with-timeout.ts";
import { rejectionOf } from "../../support/refusal.ts";

describe("within()", () => {
  test("within() gives the answer, or the failure", async () => {
    expect(await within(60_000, async () => 7)).toBe(7);
    const failing = within(60_000, async () => {
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow("no");
  });

  test("within() says that no answer came in time", async () => {
    const never = within(20, async () => new Promise(() => undefined));
    expect(await rejectionOf(never)).toMatchObject({
      code: "TIMED_OUT",
      message: "There was no answer within 0.02 seconds",
    });
  });
});
