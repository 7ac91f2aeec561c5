import { expect, test } from "vitest";
import { workerSettings } from "../../../executor/src/between/worker-settings.ts";
import { workerMounts } from "../../../executor/src/isolation/worker-mounts.ts";
import { defaultStepLimits, maxStepLimits } from "@sealrun/protocol";

const settings = workerSettings.parse({
  sandbox: {
    kind: "bubblewrap",
    program: "/opt/programs/bwrap",
    hostRoots: [],
    hidden: ["/usr/local/data"],
    slirp4netns: "/opt/programs/bin/slirp4netns",
  },
  runtime: {
    node: "/usr/bin/node",
    sdk: "/opt/sealrun/sdk",
    pythonSdk: "/opt/sealrun/sdk-python",
    bootstrap: "/opt/sealrun/bootstrap",
    shellHelper: "/opt/sealrun/bootstrap/sealrun-context",
    python: {
      interpreter: "/opt/python/bin/python3",
      mounts: [{ hostPath: "/usr/local/data/python", sandboxPath: "/opt/python" }],
      environment: {},
    },
  },
  workDir: "/var/lib/sealrun/work",
  cacheDir: "/var/lib/sealrun/cache",
  pipesDir: "/var/lib/sealrun/pipes",
  allowsHost: false,
  requiresNetwork: false,
  warmRunners: false,
  stepLimits: { defaults: defaultStepLimits, max: maxStepLimits },
});

test("workerMounts() lists what a worker needs once, and nothing that /usr shows", () => {
  const mounts = workerMounts(settings, "/opt/sealrun/dist/bundled/main.js");
  expect(mounts).toEqual(
    expect.arrayContaining([
      "/opt/sealrun/dist/bundled",
      "/opt/programs/bwrap",
      "/opt/programs/bin/slirp4netns",
      "/opt/sealrun/sdk",
      "/opt/sealrun/sdk-python",
      "/opt/sealrun/bootstrap",
      "/usr/local/data/python",
    ]),
  );
  expect(mounts).not.toContain("/opt/sealrun/bootstrap/sealrun-context");
  expect(mounts).not.toContain("/usr/bin/node");
  expect(mounts.filter((path) => path.startsWith("/var"))).toEqual([]);
});

test("workerMounts() shows a built worker the package that it is in, and jq's", () => {
  const mounts = workerMounts(settings, "/opt/sealrun/dist/bundled/main.js");
  expect(mounts.some((path) => path.endsWith("/executor"))).toBe(true);
  expect(mounts.some((path) => path.endsWith("/node_modules/jq-wasm"))).toBe(true);
});
