import { basename, dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostLayout, pythonPackagesPath, type Runtime, sandboxLayout } from "../../../executor/src/child/layout.ts";

const runtime: Runtime = {
  node: "/usr/local/node-24/bin/node",
  sdk: "/srv/executor/sdk",
  pythonSdk: "/srv/executor/python",
  bootstrap: "/srv/executor/bootstrap",
  shellHelper: "/srv/executor/programs/sealrun-context",
  python: undefined,
};

describe("hostLayout()", () => {
  test("hostLayout() gives the paths of the host, and the folder of the run as the work folder", () => {
    expect(hostLayout(runtime, "/var/lib/run-7")).toEqual({
      work: "/var/lib/run-7",
      node: "/usr/local/node-24/bin/node",
      bootstrap: "/srv/executor/bootstrap",
      pythonSdk: "/srv/executor/python",
      programs: "/srv/executor/programs",
    });
  });

  test("hostLayout() finds sealrun-context in the folder of programs, wherever it is installed", () => {
    const folders = fc.array(fc.stringMatching(/^[a-z.-]*[a-z]$/), { maxLength: 5 });
    fc.assert(
      fc.property(folders, (parts) => {
        const shellHelper = `/${[...parts, "sealrun-context"].join("/")}`;
        const { programs } = hostLayout({ ...runtime, shellHelper }, "/work");
        expect(join(programs, basename(shellHelper))).toBe(shellHelper);
      }),
    );
  });
});

describe("sandboxLayout", () => {
  test("sandboxLayout has node in the folder that comes first on the script's PATH", () => {
    expect(dirname(sandboxLayout.node)).toBe(sandboxLayout.programs);
  });

  test("sandboxLayout has nothing inside the work folder, which the script may write", () => {
    const { work, ...others } = sandboxLayout;
    for (const path of [...Object.values(others), pythonPackagesPath]) {
      expect(path).toMatch(/^\//);
      expect(path.startsWith(`${work}/`)).toBe(false);
    }
  });

  test("sandboxLayout has no folder inside another, so that no mount hides one", () => {
    const { work, bootstrap, pythonSdk, programs } = sandboxLayout;
    const folders = [work, bootstrap, pythonSdk, programs, pythonPackagesPath];
    for (const folder of folders) {
      expect(folders.filter((other) => `${other}/`.startsWith(`${folder}/`))).toEqual([folder]);
    }
  });
});
