import { defaultStepLimits, limits, maxStepLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { allowedLimits, refuseAbove } from "../../../../executor/src/worker/attempt/allowed-limits.ts";
import { refusalOf } from "../../../support/refusal.ts";

const gibi = 1024 ** 3;
const tmpBytes = limits.tmpBytes;
const none = { defaultLimits: {}, maxLimits: {}, tmpBytes };

describe("allowedLimits()", () => {
  test("allowedLimits() gives the limits of the protocol where no setting says another", () => {
    expect(allowedLimits(none)).toEqual({ defaults: defaultStepLimits, max: maxStepLimits });
  });

  test("allowedLimits() follows each setting", () => {
    const allowed = allowedLimits({
      defaultLimits: { memory: gibi, files: 50 },
      maxLimits: { memory: 3 * gibi, open_files: 100 },
      tmpBytes: 5 * gibi,
    });
    expect(allowed.defaults).toEqual({
      ...defaultStepLimits,
      memoryBytes: gibi,
      files: 50,
      openFiles: 100,
      tmpBytes: 5 * gibi,
    });
    expect(allowed.max).toEqual({ ...maxStepLimits, memoryBytes: 3 * gibi, openFiles: 100, tmpBytes: 5 * gibi });
  });

  test("allowedLimits() refuses defaults over the maximum, by the name of the setting", () => {
    expect(refusalOf(() => allowedLimits({ ...none, defaultLimits: { memory: 9 * gibi } }))).toMatchObject({
      code: "CONFIG_INVALID",
      message: "defaultLimits.memory: 9.0 GiB is over 8.0 GiB, the maximum; raise maxLimits.memory, or lower it",
    });
    expect(refusalOf(() => allowedLimits({ ...none, maxLimits: { tmp: 1024 ** 2 } }))).toMatchObject({
      code: "CONFIG_INVALID",
      message: "tmpBytes: 256.0 MiB is over 1.0 MiB, the maximum; raise maxLimits.tmp, or lower it",
    });
  });
});

describe("refuseAbove()", () => {
  test("refuseAbove() accepts steps without limits and within the maximum", () => {
    refuseAbove([{ script: "a.py" }, { script: "b.py", limits: { memoryBytes: 8 * gibi } }], maxStepLimits);
  });

  test("refuseAbove() names the step, the field and both ways out", () => {
    const steps = [{ script: "a.py" }, { script: "b.py", limits: { processes: 5_000 } }];
    expect(refusalOf(() => refuseAbove(steps, maxStepLimits))).toMatchObject({
      code: "LIMIT_NOT_ALLOWED",
      message:
        "b.py: limits.processes: 5000 is over 4096, the maximum of this executor; lower it in manifest.json, or raise maxLimits.processes in the executor's settings",
    });
  });
});
