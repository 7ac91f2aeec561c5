import { mkdir, mkdtemp, readdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPackageFetcher, type PackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findPython, wrapPython } from "../../../packages/cli/src/setup/python.ts";
import { runInSandbox } from "../../../packages/cli/src/setup/sandbox.ts";
import { binWith } from "../../support/bin-with.ts";
import { programs } from "../../support/servers.ts";

let folder = "";
let packages: PackageFetcher;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  packages = await createPackageFetcher({ cacheFolder: folder, environment: {}, log: () => undefined });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("wrapPython() starts an unpacked Python with its libraries, whatever the environment says", async () => {
  const unpacked = await mkdtemp(join(folder, "python-"));
  await mkdir(join(unpacked, "usr"));
  const seen = '#!/bin/sh\nprintf "%s\\n" "$LD_LIBRARY_PATH" "$@"\n';
  await rename(await binWith(unpacked, "python3.11", seen), join(unpacked, "usr", "bin"));
  for (let again = 0; again < 2; again += 1) {
    const python = await wrapPython(unpacked);
    const result = await runInSandbox(programs().bwrap, [python.interpreter, "-c", "two words"], python);
    expect(result.stdout).toMatch(/^\/opt\/python\/usr\/lib\/.*:\/opt\/python\/lib\/.*\n-c\ntwo words$/);
  }
  expect(await readdir(join(unpacked, "bin"))).toEqual(["python3"]);
});

describe("findPython()", () => {
  const probe = "import json, sys, os; print(json.dumps([sys.version_info[0], sorted(os.listdir('/'))]))";

  test("findPython() gives an interpreter that runs in a sandbox of only its mounts and /usr", async () => {
    const { bwrap, python } = programs();
    const result = await runInSandbox(bwrap, [python.interpreter, "-c", probe], python);
    expect(result.stdout).toMatch(/^\[3, /);
    expect(result.stdout).not.toContain('"home"');
  });

  test("findPython() passes over a python3 on PATH whose prefix is not there", async () => {
    const bin = await binWith(folder, "python3", "#!/bin/sh\nprintf '%s\\n3.11\\n' /nowhere\n");
    const environment = { PATH: bin, HOME: folder };
    const python = await findPython({ bwrap: programs().bwrap, environment, packages: withPython() });
    expect(python.interpreter).not.toContain("/nowhere");
  });

  test("findPython() never mounts a prefix that holds the user's home", async () => {
    const home = join(folder, "prefix", "home");
    await mkdir(home, { recursive: true });
    await mkdir(join(folder, "prefix", "bin"));
    await symlink(programs().node, join(folder, "prefix", "bin", "python3.11"));
    const bin = await binWith(folder, "python3", `#!/bin/sh\nprintf '%s\\n3.11\\n' ${folder}/prefix\n`);
    const environment = { PATH: bin, HOME: home };
    const python = await findPython({ bwrap: programs().bwrap, environment, packages: withPython() });
    expect(python.mounts.map((mount) => mount.hostPath)).not.toContain(join(folder, "prefix"));
  });

  /** The cache of the run, where a fetched Python is when the machine has none. */
  function withPython(): PackageFetcher {
    const mount = programs().python.mounts.find((candidate) => candidate.sandboxPath === "/opt/python");
    return { ...packages, cached: () => Promise.resolve(mount?.hostPath) };
  }
});
