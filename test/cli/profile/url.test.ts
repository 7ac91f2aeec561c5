import { expect, test } from "vitest";
import { isUnencrypted, nameOfUrl, readUrl } from "../../../packages/cli/src/profile/url.ts";
import { refusalOf } from "../../support/refusal.ts";

test.each([
  ["https://sealrun.example/", "https://sealrun.example"],
  ["HTTPS://Sealrun.Example:443/base/", "https://sealrun.example/base"],
  ["http://127.0.0.1:7700", "http://127.0.0.1:7700"],
])("readUrl() keeps %s as %s", (text, url) => {
  expect(readUrl(text, "SEALRUN_URL")).toBe(url);
});

test.each(["ftp://x.test", "no url", "x.test", ""])("readUrl() refuses %j and repeats it", (text) => {
  const { code, message } = refusalOf(() => readUrl(text, "SEALRUN_URL"));
  expect(code).toBe("CONFIG_INVALID");
  expect(message).toBe(`SEALRUN_URL: expected a URL such as https://sealrun.example, found "${text}"`);
});

test.each(["https://me:hunter2@x.test", "https://x.test/?token=hunter2", "https://x.test/#hunter2"])(
  "readUrl() refuses %s without repeating what may be a secret",
  (text) => {
    expect(refusalOf(() => readUrl(text, "The address")).message).toBe(
      "The address: expected a URL such as https://sealrun.example",
    );
  },
);

test.each([
  ["https://sealrun.example", "sealrun.example"],
  ["https://sealrun.example:8443/base", "sealrun.example-8443"],
  ["http://[::1]:7700", "1-7700"],
])("nameOfUrl() names %s %s", (url, name) => {
  expect(nameOfUrl(url)).toBe(name);
});

test("isUnencrypted() is true only of plain HTTP to another machine", () => {
  const urls = ["http://x.test", "https://x.test", "http://127.0.0.1:7700", "http://localhost", "http://[::1]:1"];
  expect(urls.filter(isUnencrypted)).toEqual(["http://x.test"]);
});
