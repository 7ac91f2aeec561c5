import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { localAddresses6, localNetworks, ownAddresses } from "../../../../executor/src/child/network/own-addresses.ts";

const table = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/31 1 0 0
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 10.1.2.0/24 2 0 2
        |-- 10.1.2.0
           /24 link UNICAST
        |-- 10.1.2.3
           /32 host LOCAL
        |-- 10.1.2.255
           /32 link BROADCAST
Local:
        |-- 10.1.2.3
           /32 host LOCAL
`;

test("localNetworks() gives what the kernel answers at, and nothing that it only routes", () => {
  expect(localNetworks(table)).toEqual(["127.0.0.0/8", "127.0.0.1/32", "10.1.2.3/32"]);
});

test("localAddresses6() writes addresses as other programs do", () => {
  expect(localAddresses6("fd000000000000000000000000000002 04 40 00 80     eth0\n")).toEqual([
    "fd00:0000:0000:0000:0000:0000:0000:0002",
  ]);
});

test("ownAddresses() has every IPv4 address that Node lists", async () => {
  const listed = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = await ownAddresses();
  for (const { address, family } of listed) if (family === "IPv4") expect(own).toContain(`${address}/32`);
});
