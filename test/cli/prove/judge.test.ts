import { describe, expect, test } from "vitest";
import { describeLeak, judge, type Sighting } from "../../../packages/cli/src/prove/judge.ts";

const control: Sighting = { value: "control", encoding: "raw", place: "/logs/a.log", kind: "logs" };
const leak: Sighting = { value: "the secret of the project", encoding: "hex", place: "/logs/a.log", kind: "logs" };

describe("judge()", () => {
  test("judge() finds nothing to complain of when the control is in each kind of place", () => {
    expect(judge([control], ["logs"])).toEqual({ leaks: [], blind: [] });
  });

  test("judge() names each leak once", () => {
    expect(judge([control, leak, { ...leak }, { ...leak, encoding: "raw" }], ["logs"])).toEqual({
      leaks: [leak, { ...leak, encoding: "raw" }],
      blind: [],
    });
  });

  test("judge() calls a kind of place blind in which the control was not found, also beside a leak", () => {
    expect(judge([leak], ["logs", "environments", "logs"])).toEqual({
      leaks: [leak],
      blind: ["logs", "environments"],
    });
  });
});

describe("describeLeak()", () => {
  test("describeLeak() says what was found, how it was written, and where", () => {
    expect(describeLeak(leak)).toBe("the secret of the project as hex in logs: /logs/a.log");
    expect(describeLeak({ ...leak, kind: "environments", place: "environments" })).toBe(
      "the secret of the project as hex in environments",
    );
  });
});
