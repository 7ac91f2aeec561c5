import { expect, test } from "vitest";
import { offerNetworks } from "../../../executor/src/machine/offer-networks.ts";

const found = { enforced: ["none" as const, "named" as const], missing: { outbound: "the device is closed" } };

test.each([
  [false, "have this machine's own"],
  [true, "are refused"],
])("offerNetworks() says what packages without a network get where requireNetwork is %s", (requireNetwork, what) => {
  const said: unknown[] = [];
  const log = { warn: (line: unknown) => void said.push(line) };
  expect(offerNetworks(found, { sandbox: { kind: "bubblewrap" }, requireNetwork, log })).toEqual({
    networkForms: ["none", "named"],
    requiresNetwork: requireNetwork,
  });
  expect(said).toEqual([`Packages without a network in manifest.json ${what}: the device is closed`]);
});

test("offerNetworks() says nothing where there is a network for such packages, or no sandbox at all", () => {
  const log = { warn: () => expect.unreachable() };
  const all = { enforced: ["outbound" as const], missing: {} };
  expect(offerNetworks(all, { sandbox: { kind: "bubblewrap" }, requireNetwork: false, log }).networkForms).toEqual([
    "outbound",
  ]);
  offerNetworks(found, { sandbox: { kind: "none" }, requireNetwork: false, log });
});
