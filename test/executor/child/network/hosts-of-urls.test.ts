import { expect, test } from "vitest";
import { hostsOfUrls } from "../../../../executor/src/child/network/hosts-of-urls.ts";

test("hostsOfUrls() gives names and addresses of NATS and the platform, each once", () => {
  const urls = [
    "nats://user:word@a.test:4222,nats://[fd00::1]:4222",
    "b.test:4222",
    "https://a.test/x",
    undefined,
    "//",
  ];
  expect(hostsOfUrls(urls)).toEqual(["a.test", "fd00::1", "b.test"]);
});
