import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPackageFetcher, type PackageFetcher } from "../../../packages/cli/src/setup/fetch-package.ts";
import type { Environment } from "../../../packages/cli/src/setup/find-on-path.ts";
import { makeDebianRepository } from "../../support/debian-repository.ts";

let folder = "";
let cacheFolder = "";
let environment: Environment = {};
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-"));
  const repository = join(folder, "repository");
  await mkdir(repository);
  environment = {
    PATH: "/usr/bin",
    APT_CONFIG: await makeDebianRepository(repository, [
      { name: "sealrun-tool", depends: "sealrun-library", files: { "usr/bin/sealrun-tool": "#!/bin/sh\n" } },
      { name: "sealrun-library", files: { "usr/lib/sealrun-library": "content" } },
      { name: "sealrun-astray", depends: "sealrun-nowhere", files: { "usr/bin/sealrun-astray": "#!/bin/sh\n" } },
    ]),
  };
});

beforeEach(async () => {
  cacheFolder = await mkdtemp(join(folder, "cache-"));
  lines.splice(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function fetcher(settings: Environment = environment): Promise<PackageFetcher> {
  return createPackageFetcher({ cacheFolder, environment: settings, log: (line) => lines.push(line) });
}

/** An environment whose `apt-get` says that it was called, and fails with these words. */
async function withBrokenApt(words = "echo 'E: Could not resolve host' >&2"): Promise<{
  readonly environment: Environment;
  readonly wasCalled: () => Promise<boolean>;
}> {
  const bin = await mkdtemp(join(folder, "bin-"));
  await writeFile(join(bin, "apt-get"), `#!/bin/sh\ntouch ${bin}/called\n${words}\nexit 100\n`);
  await chmod(join(bin, "apt-get"), 0o755);
  const wasCalled = async (): Promise<boolean> => (await readdir(bin)).includes("called");
  return { environment: { ...environment, PATH: `${bin}:/usr/bin` }, wasCalled };
}

describe("createPackageFetcher()", () => {
  test("createPackageFetcher() unpacks a package and what it depends on, and says so once", async () => {
    const packages = await fetcher();
    const unpacked = await packages.fetch("sealrun-tool");
    await packages.close();
    expect(await readFile(join(unpacked, "usr/lib/sealrun-library"), "utf8")).toBe("content");
    expect((await stat(join(unpacked, "usr/bin/sealrun-tool"))).mode & 0o100).toBe(0o100);
    expect(lines).toEqual([expect.stringContaining("Fetching sealrun-tool")]);
  });

  test("createPackageFetcher() leaves nothing of apt's behind", async () => {
    const packages = await fetcher();
    const unpacked = await packages.fetch("sealrun-tool");
    await packages.close();
    expect(await readdir(join(unpacked, ".."))).toEqual(["sealrun-tool"]);
  });

  test("createPackageFetcher() finds a fetched package without starting apt", async () => {
    const first = await fetcher();
    const unpacked = await first.fetch("sealrun-tool");
    await first.close();
    const broken = await withBrokenApt();
    expect(await (await fetcher(broken.environment)).cached("sealrun-tool")).toBe(unpacked);
    expect(await broken.wasCalled()).toBe(false);
  });

  test("createPackageFetcher() lets two processes fetch the same package at once", async () => {
    const [one, two] = [await fetcher(), await fetcher()];
    const unpacked = await Promise.all([one.fetch("sealrun-tool"), two.fetch("sealrun-tool")]);
    await Promise.all([one.close(), two.close()]);
    expect(new Set(unpacked).size).toBe(1);
    expect(await readdir(join(unpacked[0], ".."))).toEqual(["sealrun-tool"]);
  });

  test("createPackageFetcher() takes only the package when apt cannot resolve its dependencies", async () => {
    const packages = await fetcher();
    const unpacked = await packages.fetch("sealrun-astray");
    await packages.close();
    expect(await readdir(join(unpacked, "usr/bin"))).toEqual(["sealrun-astray"]);
  });

  test("createPackageFetcher() says in one sentence what to install when nothing can be fetched", async () => {
    const broken = await withBrokenApt();
    const packages = await fetcher(broken.environment);
    const fetching = packages.fetch("nats-server");
    await expect(fetching).rejects.toMatchObject({
      code: "PROGRAM_MISSING",
      message: "sealrun needs nats-server and apt said: Could not resolve host; install the package nats-server",
    });
    await packages.close();
    expect(await packages.cached("nats-server")).toBeUndefined();
  });

  test("createPackageFetcher() says that the lists could not be fetched, and not that apt does not know the package", async () => {
    const unfetched = "W: Failed to fetch http://deb.example/InRelease  Could not resolve deb.example";
    const broken = await withBrokenApt(
      `case "$*" in *" update") echo '${unfetched}' >&2 ;; *) echo 'E: Unable to locate package bubblewrap' >&2 ;; esac`,
    );
    const packages = await fetcher(broken.environment);
    await expect(packages.fetch("bubblewrap")).rejects.toThrow(
      `sealrun needs bubblewrap and apt's lists could not be fetched: ${unfetched.slice(3)}; install the package bubblewrap`,
    );
    await packages.close();
  });

  test("createPackageFetcher() stops when its signal is aborted", async () => {
    const aborted = AbortSignal.abort();
    const packages = await createPackageFetcher({ cacheFolder, environment, log: () => undefined, signal: aborted });
    await expect(packages.fetch("sealrun-tool")).rejects.toThrow("abort");
    await packages.close();
  });
});
