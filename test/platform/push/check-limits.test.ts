import { maxStepLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { checkLimits } from "../../../packages/platform/src/push/check-limits.ts";
import { refusalOf } from "../../support/refusal.ts";

describe("checkLimits()", () => {
  test("checkLimits() accepts steps without limits and at their maximum", () => {
    checkLimits([{ script: "a.py" }, { script: "b.py", limits: maxStepLimits }], maxStepLimits);
  });

  test("checkLimits() names the step, the field, and both ways out", () => {
    const steps = [{ script: "a.py" }, { script: "b.py", limits: { memoryBytes: 16 * 1024 ** 3 } }];
    expect(refusalOf(() => checkLimits(steps, maxStepLimits))).toMatchObject({
      code: "LIMIT_NOT_ALLOWED",
      message:
        "manifest.json: limits.memory of b.py: 16.0 GiB is over 8.0 GiB, the maximum of this platform; lower it, or raise maxLimits.memory in the platform's settings",
    });
  });
});
