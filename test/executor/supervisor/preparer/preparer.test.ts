import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SealrunError } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { Separation } from "../../../../executor/src/supervisor/workers/open-places.ts";
import { startNpmRegistry } from "../../../support/npm-registry.ts";
import { childrenOf, descendantsOf, processesNaming } from "../../../support/processes.ts";
import { rejectionOf } from "../../../support/refusal.ts";
import { until } from "../../../support/until.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { openWorld, type PreparerWorld, stolenPreparer } from "./preparer-world.ts";

const greeter = { name: "greeter", version: "1.2.3", files: { "index.js": `export const greet = () => "hello";` } };
const silent = { ...greeter, name: "silent", isSilent: true };
const script = { "main.ts": `import { greet } from "greeter"; const text: string = greet(); console.log(text);` };

/** The preparers of a world that run now: installers and folders name the cache, so only those of its programs count. */
async function running(world: PreparerWorld): Promise<readonly string[]> {
  return readdir(join(world.cacheDir, "preparing")).catch(() => []);
}

describe("prepare()", () => {
  test("prepare() installs and compiles in a process that is gone afterwards, and needs none the next time", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const files = { ...script, ...registry.filesFor(["greeter"]) };
    const first = world.prepare(files);
    const { nodeModules = "", bundle = "", hasNodeModules, release } = await first.done;
    expect(hasNodeModules).toBe(true);
    expect(await readFile(join(nodeModules, "greeter/index.js"), "utf8")).toContain("hello");
    expect(await readdir(bundle)).toContain(".sealrun.main.ts.mjs");
    expect(first.lines).toEqual([
      "info: Installing 1 package of package-lock.json",
      expect.stringMatching(/^info: Installed in \d+\.\d s, cached$/),
    ]);
    expect(await running(world)).toEqual([]);
    const again = world.prepare(files);
    expect(await again.done).toMatchObject({ nodeModules, bundle });
    expect(again.lines).toEqual([]);
    expect(world.preparer.counts()).toEqual({ jobs: 1, lost: 0 });
    await release();
    // Another executor with these caches finds everything there, too.
    const other = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const asked = registry.requests.length;
    expect(await other.prepare(files).done).toMatchObject({ nodeModules, bundle });
    expect(registry.requests).toHaveLength(asked);
  });

  test("prepare() starts no process for a package without lock files and TypeScript", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path);
    const { hasNodeModules, bundle } = await world.prepare({ "main.sh": "true\n", "node_modules/a/index.js": "" }).done;
    expect([hasNodeModules, bundle, world.preparer.counts().jobs]).toEqual([true, undefined, 0]);
  });

  test("prepare() does one job for two attempts of a version, and both get its lines", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const files = { ...script, ...registry.filesFor(["greeter"]) };
    const both = [world.prepare(files), world.prepare(files)];
    const [first, second] = await Promise.all(both.map(async ({ done }) => done));
    expect(second?.nodeModules).toBe(first?.nodeModules);
    expect(both[1]?.lines).toEqual(both[0]?.lines);
    expect(both[0]?.lines).toHaveLength(2);
    expect(world.preparer.counts().jobs).toBe(1);
  });

  test("prepare() installs once for two versions with the same lock file", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const files = { ...script, ...registry.filesFor(["greeter"]) };
    const [one, other] = [world.prepare(files), world.prepare({ ...files, "other.txt": "" })];
    const [first, second] = await Promise.all([one.done, other.done]);
    expect(second.nodeModules).toBe(first.nodeModules);
    expect(world.preparer.counts().jobs).toBe(2);
    expect(registry.requests.filter((path) => path.endsWith(".tgz"))).toHaveLength(1);
  });

  test("prepare() keeps a folder in use whatever the limit, until it is released", async () => {
    await using root = await temporaryFolder();
    const second = { ...greeter, name: "second" };
    await using registry = await startNpmRegistry([greeter, second]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url, cacheBytes: 0 } });
    const used = await world.prepare(registry.filesFor(["greeter"])).done;
    const next = await world.prepare(registry.filesFor(["second"])).done;
    expect(await readdir(used.nodeModules ?? "")).toContain("greeter");
    await used.release();
    await next.release();
    await (await world.prepare(registry.filesFor(["greeter", "second"])).done).release();
    await expect(readdir(used.nodeModules ?? "")).rejects.toThrow("ENOENT");
    expect(await readdir((await world.prepare(registry.filesFor(["greeter"])).done).nodeModules ?? "")).toContain(
      "greeter",
    );
  });

  test("prepare() fails with the package's own fault, in its words, and begins again at the next attempt", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path);
    const files = { "main.ts": "const a: = 1;\n" };
    for (let tries = 0; tries < 2; tries += 1) {
      const refused = await rejectionOf(world.prepare(files).done);
      expect([refused.code, refused.message]).toEqual([
        "BUNDLE_FAILED",
        expect.stringContaining("main.ts, line 1, column 10"),
      ]);
    }
    const lock = await rejectionOf(world.prepare({ "package.json": "{", "main.js": "" }).done);
    expect(lock.code).toBe("PACKAGE_INVALID");
  });

  test("prepare() goes on for the attempt that is left, and ends the job when that is cancelled too", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([silent]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const [one, other] = [world.prepare(registry.filesFor(["silent"])), world.prepare(registry.filesFor(["silent"]))];
    await until(() => (registry.requests.length > 0 ? true : undefined));
    one.stop.abort(new SealrunError("CANCELLED", "stopped"));
    expect((await rejectionOf(one.done)).message).toBe("stopped");
    expect(await running(world)).toHaveLength(1);
    other.stop.abort();
    expect((await rejectionOf(other.done)).code).toBe("CANCELLED");
    await until(async () => ((await running(world)).length === 0 ? true : undefined));
    expect(await processesNaming(world.cacheDir)).toEqual([]);
  });

  test("prepare() begins again, once, when its process is killed in the middle", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([silent]);
    const world = await openWorld(root.path, { dependencies: { npmRegistry: registry.url } });
    const { done, lines } = world.prepare(registry.filesFor(["silent"]));
    done.catch(() => undefined);
    for (const count of [1, 2]) {
      await until(() => (registry.requests.length >= count ? true : undefined));
      await killPreparer();
    }
    const refused = await rejectionOf(done);
    expect([refused.code, refused.message]).toEqual([
      "DEPENDENCIES_FAILED",
      expect.stringContaining("ended (SIGKILL)"),
    ]);
    expect(lines).toHaveLength(2);
    expect(world.preparer.counts()).toEqual({ jobs: 1, lost: 2 });
    expect(world.logged).toEqual(Array(2).fill("The process of a preparer ended (SIGKILL)"));
    // The next one works.
    await using honest = await startNpmRegistry([greeter]);
    const files = { "main.ts": "export {};\n" };
    expect((await world.prepare(files).done).bundle).toBeDefined();
    expect(honest.requests).toEqual([]);
  });
});

/** The preparer of this process: there is one. */
async function killPreparer(): Promise<void> {
  for (const { pid } of await childrenOf(process.pid)) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.includes("preparer-main.ts")) process.kill(pid, "SIGKILL");
  }
}

/** The id of the only taken-over preparer of this process, as the host counts. */
async function stolenId(): Promise<number> {
  for (const { pid } of await descendantsOf(process.pid)) {
    const [program, ...given] = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (program === process.execPath && given.includes(stolenPreparer)) return pid;
  }
  throw new TypeError("there is none");
}

async function ownerOf(folder: string): Promise<number> {
  return (await stat(folder)).uid;
}

describe("prepare() with a preparer that a package keeps busy, or that someone took over", () => {
  const mebi = 1024 * 1024;
  const small = { heapBytes: 64 * mebi, memoryBytes: 300 * mebi };

  test.each([
    ["busy.ts", "kept its process busy for 2 s, and was ended"],
    ["memory.ts", "took more than 300 MiB of memory, and was ended"],
    ["heap.ts", "took more than 64 MiB of memory, and was ended"],
    ["garbage.ts", "made its process say what no preparer says"],
    ["unasked.ts", "made its process say what no preparer says"],
    ["two-of-a-kind.ts", "made its process say what no preparer says"],
    ["exits.ts", "its process ended (exit code 3) each time"],
    ["half.ts", "its process ended (exit code 3) each time"],
  ])("prepare() ends %s with a sentence, and keeps nothing", async (name, sentence) => {
    await using root = await temporaryFolder();
    // Collecting garbage in a full heap keeps a process busy too.
    const silentMs = name === "busy.ts" ? 2_000 : 60_000;
    const world = await openWorld(root.path, { program: stolenPreparer, limits: { ...small, silentMs } });
    const refused = await rejectionOf(world.prepare({ [name]: "" }).done);
    expect([refused.code, refused.message]).toEqual(["DEPENDENCIES_FAILED", expect.stringContaining(sentence)]);
    expect(await readdir(join(world.cacheDir, "dependencies"))).toEqual([]);
    expect(await readdir(join(world.cacheDir, "preparing"))).toEqual([]);
  });

  test("prepare() takes no link for a folder", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { program: stolenPreparer });
    expect((await rejectionOf(world.prepare({ "link.ts": "" }).done)).code).toBe("INTERNAL");
    expect(await readdir(join(world.cacheDir, "dependencies"))).toEqual([]);
  });

  test("prepare() lets it write its own folder only, and see nothing of its executor", async () => {
    await using root = await temporaryFolder();
    const open = async (separation?: Separation) =>
      openWorld(root.path, { program: stolenPreparer, ...(separation === undefined ? {} : { separation }) });
    const world = await open();
    await writeFile(join(root.path, "state.json"), "{}");
    await writeFile(join(world.cacheDir, "files/pid"), String(process.pid), { mode: 0o644 });
    const { done, lines } = world.prepare({ "attacks.ts": "" });
    await done;
    const ends = lines.map((line) => line.replace("info: ", ""));
    expect(ends).toEqual([
      expect.stringMatching(/^write a package file: E(ROFS|ACCES)$/),
      expect.stringMatching(/^write an install: E(NOENT|ROFS|ACCES)$/),
      expect.stringMatching(/^write a bundle: E(NOENT|ROFS|ACCES)$/),
      // In the tests' folder, the folders above are in a `/tmp` of its own.
      expect.stringMatching(/^write another job: (E(NOENT|ROFS|ACCES)|done)$/),
      "read beside the cache: ENOENT",
      "see the supervisor: ESRCH",
    ]);
    const planted = async () =>
      (await readdir(world.cacheDir, { recursive: true })).filter((path) => path.endsWith("planted"));
    expect(await planted()).toEqual([]);
    // The attacks are real: without a place of its own each succeeds.
    const shared = (await open({ kind: "shared" })).prepare({ "attacks.ts": "", other: "" });
    await shared.done;
    expect(shared.lines.map((line) => line.split(": ").at(-1))).toEqual(Array(6).fill("done"));
    expect(await planted()).toHaveLength(3);
  });

  test("prepare() keeps two that run at once from each other, and as root gives each a user of its own", async () => {
    await using root = await temporaryFolder();
    const attackOne = async (separation?: Separation) => {
      const own = separation === undefined ? {} : { separation };
      const world = await openWorld(root.path, { program: stolenPreparer, limits: { silentMs: 60_000 }, ...own });
      const neighbour = world.prepare({ "waits.ts": "" });
      const ended = rejectionOf(neighbour.done);
      const folder = await until(() => neighbour.lines[0]?.replace("info: ", ""));
      await writeFile(join(world.cacheDir, "files/neighbour"), `${await stolenId()} ${folder}`, { mode: 0o644 });
      const attacker = world.prepare({ "neighbour.ts": "" });
      const other = await until(async () => (await running(world)).find((name) => !folder.includes(name)));
      const users = [await ownerOf(folder), await ownerOf(join(world.cacheDir, "preparing", other, "own"))];
      await attacker.done;
      const left = await readdir(folder);
      neighbour.stop.abort();
      await ended;
      return { ends: attacker.lines.map((line) => line.split(": ").at(-1)), users, left };
    };
    const apart = await attackOne();
    expect(apart.ends.slice(0, 5)).toEqual(["ESRCH", ...Array(4).fill("ENOENT")]);
    expect(apart.ends.slice(5)).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/^E(NOENT|ACCES|ROFS)$/)),
    );
    expect(apart.left).toEqual(["mine"]);
    if (process.getuid?.() === 0) expect(apart.users).toEqual([71_950, 71_951]);
    // The attacks are real: with the user and the namespaces of their supervisor each succeeds.
    const together = await attackOne({ kind: "shared" });
    expect(together).toMatchObject({ ends: Array(7).fill("done"), left: ["mine", "planted"] });
  });

  test("prepare() passes on few of very many lines", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { program: stolenPreparer });
    const { done, lines } = world.prepare({ "floods.ts": "" });
    await done;
    expect(lines).toHaveLength(200);
  });

  test("prepare() does not let one package wait for another that keeps its process busy", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { program: stolenPreparer, limits: { silentMs: 20_000 } });
    const busy = world.prepare({ "busy.ts": "" });
    const ended = rejectionOf(busy.done);
    await world.prepare({ "floods.ts": "" }).done;
    expect(await running(world)).toHaveLength(1);
    busy.stop.abort();
    expect((await ended).code).toBe("CANCELLED");
    await world.preparer.close();
    expect(await running(world)).toEqual([]);
  });
});
