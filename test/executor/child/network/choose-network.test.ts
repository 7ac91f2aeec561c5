import { expect, test } from "vitest";
import { chooseNetwork, networkIn } from "../../../../executor/src/child/network/choose-network.ts";

const nothing = { hasOutbound: false, allowsHost: false, requiresNetwork: false };

test("chooseNetwork() gives a package without a network the internet, else the machine's network", () => {
  expect(chooseNetwork(undefined, { ...nothing, hasOutbound: true })).toBe("outbound");
  expect(chooseNetwork(undefined, nothing)).toBe("host");
});

test("chooseNetwork() refuses the machine's network that the settings do not allow", () => {
  expect(chooseNetwork("host", { ...nothing, allowsHost: true })).toBe("host");
  expect(() => chooseNetwork("host", { ...nothing, hasOutbound: true })).toThrow(
    expect.objectContaining({ code: "NETWORK_NOT_ENFORCED", message: expect.stringContaining("set allowHostNetwork") }),
  );
});

test.each(["none", "outbound", ["a.test:1"]] as const)("chooseNetwork() keeps %j", (asked) => {
  const network = typeof asked === "string" ? asked : [...asked];
  expect(chooseNetwork(network, nothing)).toEqual(network);
});

test("chooseNetwork() gives no machine's network where none may have it", () => {
  const strict = { ...nothing, requiresNetwork: true };
  expect(chooseNetwork(undefined, { ...strict, hasOutbound: true })).toBe("outbound");
  expect(() => chooseNetwork(undefined, strict)).toThrow(expect.objectContaining({ code: "NETWORK_NOT_ENFORCED" }));
});

test("networkIn() offers outbound in a sandbox with slirp4netns only", () => {
  const offered = { allowsHost: false, requiresNetwork: false };
  const bubblewrap = { kind: "bubblewrap", program: "/usr/bin/bwrap", hostRoots: [], hidden: [] } as const;
  const sandboxes = [{ kind: "none" } as const, bubblewrap, { ...bubblewrap, slirp4netns: "/usr/bin/slirp4netns" }];
  expect(sandboxes.map((sandbox) => networkIn({ ...offered, sandbox }, undefined))).toEqual([
    "host",
    "host",
    "outbound",
  ]);
});
