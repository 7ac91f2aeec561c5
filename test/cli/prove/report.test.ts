import { describe, expect, test } from "vitest";
import { makeCanary, makeControl } from "../../../packages/cli/src/prove/canaries.ts";
import { isProven, type Proof, reportJson, reportLines, summarise } from "../../../packages/cli/src/prove/report.ts";

const proven: Proof = {
  leaks: [],
  blind: [],
  startedAt: new Date("2027-01-31T06:00:00Z"),
  endedAt: new Date("2027-01-31T06:00:09Z"),
  platform: { id: "plt_1", version: "0.1.0", fingerprint: "SHA256:abc" },
  executionId: "exe_1",
  values: [makeCanary("the secret of the project")],
  control: makeControl(),
  searched: [{ kind: "logs", paths: ["/logs"], count: 3, unreadable: 0 }],
};
const leak = { value: "the secret of the project", encoding: "raw", place: "/logs/a.log", kind: "logs" };

describe("reportLines()", () => {
  test("reportLines() says what was proven, when, of which platform and where, and never a value", () => {
    const text = reportLines(proven).join("\n");
    expect(text).toContain(
      "result      proven: No plaintext of 1 secret in 1 kind of places; the planted control was found in each",
    );
    expect(text).toContain("time        2027-01-31T06:00:00.000Z to 2027-01-31T06:00:09.000Z");
    expect(text).toContain("platform    plt_1, version 0.1.0");
    expect(text).toContain("  logs: 3 (/logs)");
    const all = text + JSON.stringify(reportJson(proven));
    for (const { value } of [...proven.values, proven.control]) expect(all.includes(value)).toBe(false);
  });

  test("reportLines() lists each leak, and each kind of place about which nothing is proven", () => {
    const text = reportLines({ ...proven, leaks: [leak], blind: ["logs"] }).join("\n");
    expect(text).toContain("result      NOT PROVEN: Plaintext was found once: ");
    expect(text).toContain("WITHOUT THE CONTROL OR NOT WHOLLY READ");
    expect(text.split("\n").at(-1)).toBe("  the secret of the project as raw in logs: /logs/a.log");
  });
});

describe("isProven()", () => {
  test("isProven() is false with a leak, and with a kind of place without the control", () => {
    expect(isProven(proven)).toBe(true);
    expect(isProven({ ...proven, leaks: [leak] })).toBe(false);
    expect(isProven({ ...proven, blind: ["logs"] })).toBe(false);
  });
});

describe("summarise()", () => {
  test("summarise() names what leaked before what was not seen", () => {
    expect(summarise({ ...proven, leaks: [leak, leak], blind: ["logs"] })).toContain("Plaintext was found 2 times: ");
    expect(summarise({ ...proven, blind: ["logs", "environments"] })).toContain(
      "Nothing is proven about logs, environments",
    );
  });
});
