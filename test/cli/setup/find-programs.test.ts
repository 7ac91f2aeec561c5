import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findCacheFolder } from "../../../packages/cli/src/setup/cache-folder.ts";
import { createPackageFetcher, type PackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import { findPrograms } from "../../../packages/cli/src/setup/find-programs.ts";
import { findPython } from "../../../packages/cli/src/setup/python.ts";
import { findBubblewrap, runInSandbox } from "../../../packages/cli/src/setup/sandbox.ts";
import { programs } from "../../support/servers.ts";

let folder = "";
let packages: PackageFetcher;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  packages = await createPackageFetcher({ cacheFolder: folder, environment: {}, log: () => undefined });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder for PATH that holds one program. */
async function binWith(name: string, script: string): Promise<string> {
  const bin = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(bin, name), script);
  await chmod(join(bin, name), 0o755);
  return bin;
}

describe("findPrograms()", () => {
  test("findPrograms() runs no apt when everything is on the machine or in the cache", async () => {
    const bin = await binWith("apt-get", `#!/bin/sh\ntouch ${folder}/apt-was-called\nexit 1\n`);
    const environment = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
    const lines: string[] = [];
    const cacheFolder = await findCacheFolder(process.env);
    const found = await findPrograms({ cacheFolder, environment, log: (line) => lines.push(line) });
    expect(found).toEqual(programs());
    expect(lines).toEqual([]);
    expect(await readdir(folder)).not.toContain("apt-was-called");
  });
});

describe("findPython()", () => {
  const probe = "import json, sys, os; print(json.dumps([sys.version_info[0], sorted(os.listdir('/'))]))";

  test("findPython() gives an interpreter that runs in a sandbox of its mounts and /usr alone", async () => {
    const { bwrap, python } = programs();
    const result = await runInSandbox(bwrap, [python.interpreter, "-c", probe], python);
    expect(result.stdout).toMatch(/^\[3, /);
    expect(result.stdout).not.toContain('"home"');
  });

  test("findPython() passes over a python3 on PATH whose prefix is not there", async () => {
    const bin = await binWith("python3", "#!/bin/sh\nprintf '%s\\n3.11\\n' /nowhere\n");
    const environment = { PATH: bin, HOME: folder };
    const python = await findPython({ bwrap: programs().bwrap, environment, packages: withPython() });
    expect(python.interpreter).not.toContain("/nowhere");
  });

  test("findPython() never mounts a prefix that holds the user's home", async () => {
    const home = join(folder, "prefix", "home");
    await mkdir(home, { recursive: true });
    await mkdir(join(folder, "prefix", "bin"));
    await symlink(programs().node, join(folder, "prefix", "bin", "python3.11"));
    const bin = await binWith("python3", `#!/bin/sh\nprintf '%s\\n3.11\\n' ${folder}/prefix\n`);
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

describe("findBubblewrap()", () => {
  test("findBubblewrap() says SANDBOX_UNAVAILABLE when the kernel forbids user namespaces", async () => {
    const sentence = "bwrap: No permissions to create a new namespace";
    const bin = await binWith("bwrap", `#!/bin/sh\necho '${sentence}' >&2\nexit 1\n`);
    const finding = findBubblewrap({ PATH: bin }, packages);
    await expect(finding).rejects.toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringContaining(sentence),
    });
  });
});

describe("findCacheFolder()", () => {
  test("findCacheFolder() makes a folder of the user's own in XDG_CACHE_HOME", async () => {
    const found = await findCacheFolder({ XDG_CACHE_HOME: join(folder, "xdg"), HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "xdg", "sealrun"));
    expect((await stat(found)).mode & 0o777).toBe(0o700);
  });

  test("findCacheFolder() uses HOME when XDG_CACHE_HOME is not an absolute path", async () => {
    const found = await findCacheFolder({ XDG_CACHE_HOME: "relative", HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "home", ".cache", "sealrun"));
  });

  test.each([{}, { HOME: "/proc/nowhere" }])(
    "findCacheFolder() falls back to a private temp folder for %o",
    async (set) => {
      const found = await findCacheFolder(set);
      expect(found.startsWith(join(tmpdir(), "sealrun-cache-"))).toBe(true);
      expect((await stat(found)).mode & 0o777).toBe(0o700);
    },
  );

  test("findCacheFolder() does not follow a link that somebody put in its place", async () => {
    await mkdir(join(folder, "theirs"));
    await mkdir(join(folder, "linked"));
    await symlink(join(folder, "theirs"), join(folder, "linked", "sealrun"));
    const found = await findCacheFolder({ XDG_CACHE_HOME: join(folder, "linked"), HOME: join(folder, "home") });
    expect(found).toBe(join(folder, "home", ".cache", "sealrun"));
  });
});
