import { defaultStepLimits } from "@sealrun/protocol";
import { expect, test } from "vitest";
import { firstShape } from "../../../../executor/src/worker/warm/first-shape.ts";
import { testRuntime } from "../../run-package.ts";

const bubblewrap = { kind: "bubblewrap", program: "/usr/bin/bwrap", hostRoots: [], hidden: [] } as const;
const given = { runtime: testRuntime(), limits: defaultStepLimits, allowsHost: false, requiresNetwork: false };

test("firstShape() is Node without dependencies, with the network of a package that names none", async () => {
  const { text = "" } = (await firstShape({ ...given, sandbox: bubblewrap })) ?? {};
  expect(text).toContain("script-at-go");
  expect(text).not.toContain("--unshare-net");
  const outbound = await firstShape({ ...given, sandbox: { ...bubblewrap, slirp4netns: "/usr/bin/slirp4netns" } });
  expect(outbound?.text).toContain("--unshare-net");
});

test("firstShape() is nothing without a sandbox, and where such a package is refused", async () => {
  expect(await firstShape({ ...given, sandbox: { kind: "none" } })).toBeUndefined();
  expect(await firstShape({ ...given, sandbox: bubblewrap, requiresNetwork: true })).toBeUndefined();
});
