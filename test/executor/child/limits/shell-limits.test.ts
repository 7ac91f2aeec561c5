import { defaultStepLimits } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import { shellLimits } from "../../../../executor/src/child/limits/shell-limits.ts";

describe("shellLimits()", () => {
  test("shellLimits() writes no core file, and sets ceilings above what the watcher counts", () => {
    const limits = {
      ...defaultStepLimits,
      memoryBytes: 1024 ** 3,
      cpuMs: 1_500,
      diskBytes: 1024 ** 2,
      tmpBytes: 1024 ** 2,
    };
    expect(shellLimits(limits, "6.1.0-18-amd64")).toBe("c=0 n=4096 t=4 d=4194304 f=4096 u=1088 p=1088");
  });

  test("shellLimits() lets the larger of work folder and /tmp decide the size of a file", () => {
    const limits = { ...defaultStepLimits, diskBytes: 1024 ** 2, tmpBytes: 2 * 1024 ** 2 };
    expect(shellLimits(limits, "6.1.0")).toContain(" f=6144 ");
  });

  test.each([
    ["5.14.0", true],
    ["6.18.44-fc-v857", true],
    ["5.10.0-28-amd64", false],
    ["4.19.0", false],
    ["", false],
  ])("shellLimits() limits processes where the kernel counts them for each sandbox: %s", (kernel, isLimited) => {
    expect(shellLimits(defaultStepLimits, kernel).includes("u=")).toBe(isLimited);
  });
});
