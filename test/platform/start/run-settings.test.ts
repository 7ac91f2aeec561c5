import { describe, expect, test } from "vitest";
import { findRefusal, readRunSettings, checkMayStart } from "../../../packages/platform/src/start/run-settings.ts";
import { refusalOf } from "../../support/refusal.ts";

describe("findRefusal()", () => {
  test("findRefusal() names the field that forbids a start, the one for all runs first", () => {
    expect(findRefusal({})).toBeUndefined();
    expect(findRefusal({ active: true, allow_manual_triggering: true })).toBeUndefined();
    expect(findRefusal({ allow_manual_triggering: false })).toBe("allow_manual_triggering");
    expect(findRefusal({ active: false, allow_manual_triggering: false })).toBe("active");
  });
});

describe("checkMayStart()", () => {
  test("checkMayStart() says which field to change", () => {
    const { code, message } = refusalOf(() => checkMayStart("report", { active: false }));
    expect({ code, message }).toEqual({
      code: "BAD_REQUEST",
      message: 'The manifest of report says "active": false; change it there and push again',
    });
  });
});

describe("readRunSettings()", () => {
  test("readRunSettings() reads the run settings of a manifest", () => {
    expect(readRunSettings({ pool: "gpu", priority: 9, description: "x" })).toEqual({ pool: "gpu", priority: 9 });
  });
});
