import { expect, test } from "vitest";
import { offerNetworks } from "../../../../executor/src/child/network/offer-networks.ts";
import { programs } from "../../../support/servers.ts";
import { testRuntime } from "../../run-package.ts";

test("offerNetworks() announces no outbound where workers may not open the device, and says why", async () => {
  const { bwrap, slirp4netns } = programs();
  const said: unknown[] = [];
  const { announced, ...offered } = await offerNetworks(
    { allowHostNetwork: false, requireNetwork: false, slirp4netns },
    {
      sandbox: { kind: "bubblewrap", program: bwrap, hostRoots: [], hidden: [] },
      runtime: testRuntime(),
      hasTun: false,
      log: { warn: (line: unknown) => void said.push(line) },
    },
  );
  expect(announced.networkForms).toEqual(["none", "named"]);
  expect(offered.slirp4netns).toBeUndefined();
  expect(said).toEqual([
    expect.stringMatching(/^Packages without a network in manifest\.json have this machine's own: /),
  ]);
});
