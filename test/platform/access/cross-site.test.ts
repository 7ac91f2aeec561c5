import { describe, expect, test } from "vitest";
import { refuseCrossSite, refuseOtherSite } from "../../../packages/platform/src/access/cross-site.ts";

const sites = [undefined, "same-origin", "none", "same-site", "cross-site", "odd"];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const passes = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe("refuseOtherSite()", () => {
  test("refuseOtherSite() lets pass what the platform's own pages send, and what a person opens to read", () => {
    const passing = methods.flatMap((method) =>
      sites.filter((fetchSite) => passes(() => refuseOtherSite({ method, fetchSite }))).map((site) => [method, site]),
    );
    expect(passing).toEqual(
      methods.flatMap((method) =>
        method === "GET" || method === "HEAD"
          ? [
              [method, undefined],
              [method, "same-origin"],
              [method, "none"],
            ]
          : [
              [method, undefined],
              [method, "same-origin"],
            ],
      ),
    );
  });
});

describe("refuseCrossSite()", () => {
  test.each(methods)("refuseCrossSite() asks %s for the header unless it only reads", (method) => {
    const isReading = method === "GET" || method === "HEAD";
    for (const sessionHeader of [undefined, ""]) {
      const origin = { method, fetchSite: "same-origin", sessionHeader };
      expect(passes(() => refuseCrossSite(origin))).toBe(isReading);
    }
    expect(passes(() => refuseCrossSite({ method, fetchSite: "same-origin", sessionHeader: "1" }))).toBe(true);
    expect(passes(() => refuseCrossSite({ method, fetchSite: "cross-site", sessionHeader: "1" }))).toBe(false);
  });

  test("refuseCrossSite() says what to do", () => {
    const origin = { method: "POST", fetchSite: "same-origin", sessionHeader: undefined };
    expect(() => refuseCrossSite(origin)).toThrow("x-sealrun-session");
  });
});
