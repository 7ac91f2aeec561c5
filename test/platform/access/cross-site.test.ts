import { describe, expect, test } from "vitest";
import { refuseCrossSite, refuseOtherSite } from "../../../packages/platform/src/access/cross-site.ts";

const sites = [undefined, "same-origin", "none", "same-site", "cross-site", "odd"];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const from = { origin: undefined, host: "sealrun.example" };
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
      sites
        .filter((fetchSite) => passes(() => refuseOtherSite({ ...from, method, fetchSite })))
        .map((site) => [method, site]),
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

describe("refuseOtherSite() with an Origin", () => {
  test.each([
    ["https://sealrun.example", "sealrun.example"],
    ["http://sealrun.example", "sealrun.example"],
    ["https://sealrun.example", "sealrun.example:443"],
    ["https://sealrun.example", "Sealrun.Example"],
    ["http://127.0.0.1:7700", "127.0.0.1:7700"],
    ["http://[::1]:7700", "[::1]:7700"],
  ])("refuseOtherSite() lets a page of %s change something at %s", (origin, host) => {
    for (const method of methods) refuseOtherSite({ method, fetchSite: "same-origin", origin, host });
  });

  test.each([
    ["https://evil.example", "sealrun.example"],
    ["http://127.0.0.1:7701", "127.0.0.1:7700"],
    ["https://sealrun.example.evil.example", "sealrun.example"],
    ["null", "sealrun.example"],
    ["file://", ""],
    ["https://sealrun.example", ""],
    ["https://sealrun.example", "127.0.0.1:7700"],
  ])("refuseOtherSite() lets a page of %s change nothing at %s", (origin, host) => {
    for (const method of methods) {
      const isReading = method === "GET" || method === "HEAD";
      expect(passes(() => refuseOtherSite({ method, fetchSite: undefined, origin, host }))).toBe(isReading);
    }
  });
});

describe("refuseCrossSite()", () => {
  test.each(methods)("refuseCrossSite() asks %s for the header unless it only reads", (method) => {
    const isReading = method === "GET" || method === "HEAD";
    for (const sessionHeader of [undefined, ""]) {
      const origin = { ...from, method, fetchSite: "same-origin", sessionHeader };
      expect(passes(() => refuseCrossSite(origin))).toBe(isReading);
    }
    expect(passes(() => refuseCrossSite({ ...from, method, fetchSite: "same-origin", sessionHeader: "1" }))).toBe(true);
    expect(passes(() => refuseCrossSite({ ...from, method, fetchSite: "cross-site", sessionHeader: "1" }))).toBe(false);
  });

  test("refuseCrossSite() says what to do", () => {
    const origin = { ...from, method: "POST", fetchSite: "same-origin", sessionHeader: undefined };
    expect(() => refuseCrossSite(origin)).toThrow("x-sealrun-session");
  });
});
