import { describe, expect, test } from "vitest";
import { isAddressOrNetwork, refuseAddress } from "../../../../executor/src/child/network/refuse-address.ts";

const rules = { allowed: [], refused: ["10.9.0.0/16"], own: ["10.0.0.5", "fd00::5"], platform: ["10.0.0.7"] };

describe("refuseAddress()", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1 is a loopback address"],
    ["127.255.255.254", "127.255.255.254 is a loopback address"],
    ["::1", "::1 is a loopback address"],
    ["0.0.0.0", "0.0.0.0 is an address of no host"],
    ["::", ":: is an address of no host"],
    ["255.255.255.255", "255.255.255.255 is an address of no host"],
    ["169.254.169.254", "169.254.169.254 is a link-local address"],
    ["fe80::1%eth0", "fe80::1 is a link-local address"],
    ["fd00:ec2::254", "fd00:ec2::254 is an address of cloud metadata"],
    ["::ffff:127.0.0.1", "127.0.0.1 is a loopback address"],
    ["::ffff:7f00:1", "127.0.0.1 is a loopback address"],
    ["64:ff9b::a9fe:a9fe", "169.254.169.254 is a link-local address"],
    ["10.0.0.5", "10.0.0.5 is this machine"],
    ["fd00::5", "fd00::5 is this machine"],
    ["10.0.0.7", "10.0.0.7 is an address of the platform"],
    ["10.9.1.1", "10.9.1.1 is refused by the executor's setting refusedAddresses"],
  ])("refuseAddress() refuses %s", (address, reason) => expect(refuseAddress(address, rules)).toBe(reason));

  test.each(["10.0.0.6", "93.184.216.34", "2606:2800:220:1::1", "fd00::6"])(
    "refuseAddress() lets %s be dialled",
    (address) => expect(refuseAddress(address, rules)).toBeUndefined(),
  );

  test("refuseAddress() lets what the setting allows be dialled, and nothing beside it", () => {
    const allowing = { ...rules, allowed: ["127.0.0.1", "10.9.0.0/24"] };
    expect(
      ["127.0.0.1", "10.9.0.1", "127.0.0.2", "10.9.1.1"].map((one) => refuseAddress(one, allowing) === undefined),
    ).toEqual([true, true, false, false]);
  });
});

test.each(["10.0.0.1", "10.0.0.0/8", "::1", "fe80::/10"])("isAddressOrNetwork() reads %s", (text) =>
  expect(isAddressOrNetwork(text)).toBe(true),
);
test.each(["", "db.internal", "10.0.0.0/33", "10.0.0.0/8/8", "10.0.0.0/", "::/129"])(
  "isAddressOrNetwork() refuses %j",
  (text) => expect(isAddressOrNetwork(text)).toBe(false),
);
