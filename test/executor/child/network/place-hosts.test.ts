import { expect, test } from "vitest";
import { hostsFile, placeHosts } from "../../../../executor/src/child/network/place-hosts.ts";

test("placeHosts() gives each name one address for all its ports", () => {
  const hosts = [
    { host: "a.test", port: 80 },
    { host: "b.test", port: 80 },
    { host: "a.test", port: 443 },
  ];
  expect(placeHosts(hosts).map(({ address }) => address)).toEqual(["127.80.0.1", "127.80.0.2", "127.80.0.1"]);
});

test("placeHosts() has addresses for more names than one byte counts", () => {
  const hosts = Array.from({ length: 300 }, (_, index) => ({ host: `h${index}.test`, port: 1 }));
  const placed = placeHosts(hosts);
  expect(placed[299]?.address).toBe("127.80.1.44");
  expect(new Set(placed.map(({ address }) => address)).size).toBe(300);
});

test("hostsFile() names each host once, and the sandbox itself", () => {
  const placed = [
    { host: "a.test", port: 80, address: "127.80.0.1" },
    { host: "a.test", port: 443, address: "127.80.0.1" },
  ];
  expect(hostsFile(placed)).toBe("127.0.0.1 localhost sealrun\n127.80.0.1 a.test\n");
});
