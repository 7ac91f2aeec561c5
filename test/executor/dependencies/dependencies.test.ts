import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHostRoots } from "../../../executor/src/child/host-roots.ts";
import { type Dependencies, openDependencies } from "../../../executor/src/dependencies/dependencies.ts";
import { openFolderCache } from "../../../executor/src/dependencies/folder-cache.ts";
import { dependencySettings } from "../../../executor/src/dependencies/settings.ts";
import { findNpm } from "../../../executor/src/runtime-files.ts";
import { startNpmRegistry } from "../../support/npm-registry.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { programs } from "../../support/servers.ts";
import { makeWheel, startWheelIndex, wheelName } from "../../support/wheel-index.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const npm = findNpm();
/** No server listens at this port, which no test is given either. */
const closedAddress = "http://127.0.0.1:9/";

interface World {
  readonly dependencies: Dependencies;
  readonly cacheDir: string;
  readonly lines: string[];
  /** Writes the files and installs what they need. */
  prepare(
    files: Readonly<Record<string, string | Uint8Array>>,
    signal?: AbortSignal,
  ): ReturnType<Dependencies["prepare"]>;
}

async function openWorld(root: string, settings: object, isUnsafe = false): Promise<World> {
  const { python, pip, bwrap } = programs();
  const cacheDir = join(root, "cache");
  const parsed = dependencySettings.parse(settings);
  const cache = await openFolderCache(cacheDir, parsed.cacheBytes);
  const dependencies = openDependencies({
    programs: {
      sandbox: isUnsafe
        ? { kind: "none" }
        : { kind: "bubblewrap", program: bwrap, hostRoots: await readHostRoots(), hidden: [] },
      node: process.execPath,
      npm,
      python,
      pipWheel: pip ?? undefined,
    },
    settings: parsed,
    cache,
    scratch: cacheDir,
  });
  const lines: string[] = [];
  let laid = 0;
  return {
    dependencies,
    cacheDir,
    lines,
    prepare: async (files, signal = new AbortController().signal) => {
      const folder = join(root, `package-${(laid += 1)}`);
      const list = [];
      for (const [path, text] of Object.entries(files)) {
        const cachedPath = join(folder, path);
        await mkdir(dirname(cachedPath), { recursive: true });
        await writeFile(cachedPath, text);
        list.push({ path, cachedPath });
      }
      return dependencies.prepare({
        files: list,
        signal,
        say: async (level, text) => void lines.push(`${level}: ${text}`),
      });
    },
  };
}

const greeter = { name: "greeter", version: "1.2.3", files: { "index.js": `export const greet = () => "hello";` } };

describe("prepare() installs Node packages", () => {
  test("prepare() installs a lock file once, says so, and keeps it", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: registry.url });
    const files = registry.filesFor(["greeter"]);
    const first = await world.prepare(files);
    expect(await readFile(join(first.nodeModules ?? "", "greeter/index.js"), "utf8")).toContain("hello");
    expect(world.lines).toEqual([
      "info: Installing 1 package of package-lock.json",
      expect.stringMatching(/^info: Installed in \d+\.\d s, cached$/),
    ]);
    const asked = registry.requests.length;
    const again = await world.prepare(files);
    expect(again.nodeModules).toBe(first.nodeModules);
    expect(world.lines).toHaveLength(2);
    expect(registry.requests).toHaveLength(asked);
    await first.release();
    await again.release();
  });

  test("prepare() runs no install script of any package", async () => {
    await using root = await temporaryFolder();
    const script = `node -e "require('fs').writeFileSync('ran', '1')"`;
    const scripts = { preinstall: script, install: script, postinstall: script, prepare: script };
    const hostile = { ...greeter, manifest: { scripts } };
    await using registry = await startNpmRegistry([hostile]);
    const world = await openWorld(root.path, { npmRegistry: registry.url });
    const { nodeModules = "" } = await world.prepare(registry.filesFor(["greeter"]));
    expect((await readdir(join(nodeModules, "greeter"))).toSorted()).toEqual(["index.js", "package.json"]);
  });

  test("prepare() refuses a package whose bytes do not have the lock file's hash, and keeps nothing", async () => {
    await using root = await temporaryFolder();
    const changed = { ...greeter, files: { "index.js": "evil" } };
    await using honest = await startNpmRegistry([greeter]);
    await using registry = await startNpmRegistry([changed]);
    const world = await openWorld(root.path, { npmRegistry: registry.url });
    const refused = await rejectionOf(world.prepare(honest.filesFor(["greeter"])));
    expect(refused).toMatchObject({
      code: "DEPENDENCIES_FAILED",
      message: expect.stringContaining("hash in package-lock.json"),
    });
    expect(await readdir(world.cacheDir)).toEqual([]);
  });

  test("prepare() installs nothing that is marked for development, even if another package needs it", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: registry.url });
    const files = registry.filesFor(["greeter"]);
    const [own, lock] = [JSON.parse(files["package.json"]), JSON.parse(files["package-lock.json"])];
    const tool = { version: "1.0.0", dev: true, resolved: "git+ssh://git@127.0.0.1/tool.git#abc" };
    const packages = { ...lock.packages, "node_modules/tool": tool };
    const honest = await world.prepare({
      "package.json": JSON.stringify({ ...own, devDependencies: { tool: "git+ssh://git@127.0.0.1/tool.git" } }),
      "package-lock.json": JSON.stringify({ ...lock, packages }),
    });
    expect(await readdir(honest.nodeModules ?? "")).toContain("greeter");
    expect(await readdir(honest.nodeModules ?? "")).not.toContain("tool");
    const marked = { "node_modules/greeter": { version: "1.2.3", dev: true, link: true, resolved: "../../etc" } };
    const lying = JSON.stringify({ ...lock, packages: { "": lock.packages[""], ...marked } });
    const refused = await rejectionOf(world.prepare({ ...files, "package-lock.json": lying }));
    expect(refused).toMatchObject({ code: "DEPENDENCIES_FAILED", message: expect.stringContaining("does not fit") });
  });

  test("prepare() says which registry cannot be reached, and what to do", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: closedAddress });
    const refused = await rejectionOf(world.prepare(registry.filesFor(["greeter"])));
    expect(refused.code).toBe("REGISTRY_UNREACHABLE");
    expect(refused.message).toMatch(
      /^The executor could not reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\); check its network/,
    );
    expect(world.lines).toEqual(["info: Installing 1 package of package-lock.json"]);
    expect(await readdir(world.cacheDir)).toEqual([]);
  });

  test("prepare() names a package that the registry does not have", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: registry.url });
    const files = registry.filesFor(["greeter"]);
    const unknown = Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, text.replaceAll("greeter", "nobody-has-it")]),
    );
    const refused = await rejectionOf(world.prepare(unknown));
    expect(refused.code).toBe("DEPENDENCIES_FAILED");
    expect(refused.message).toMatch(/^127\.0\.0\.1:\d+ has no package nobody-has-it@1\.2\.3 \(E404\); /);
  });

  test("prepare() installs once for runs that start together, even on two executors", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const settings = { npmRegistry: registry.url };
    const [one, other] = [await openWorld(root.path, settings), await openWorld(root.path, settings)];
    const files = registry.filesFor(["greeter"]);
    const all = await Promise.all([one.prepare(files), one.prepare(files), one.prepare(files), other.prepare(files)]);
    expect(new Set(all.map(({ nodeModules }) => nodeModules)).size).toBe(1);
    expect(one.lines.filter((line) => line.startsWith("info: Installing"))).toHaveLength(1);
    expect(await readdir(one.cacheDir)).toHaveLength(1);
  });

  test("prepare() ends an install with its attempt, and the next one installs", async () => {
    await using root = await temporaryFolder();
    await using silent = await startSilentServer();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: silent.url });
    const files = registry.filesFor(["greeter"]);
    const ending = new AbortController();
    const preparing = rejectionOf(world.prepare(files, ending.signal));
    await silent.asked;
    ending.abort();
    expect(await preparing).toMatchObject({ code: "CANCELLED" });
    expect(await readdir(world.cacheDir)).toEqual([]);
    const next = await openWorld(root.path, { npmRegistry: registry.url });
    expect((await next.prepare(files)).nodeModules).toBeDefined();
  });

  test("prepare() uses an uploaded node_modules unchanged, and asks no registry", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { npmRegistry: closedAddress });
    const found = await world.prepare({
      "package.json": `{"dependencies":{"x":"1.0.0"}}`,
      "node_modules/x/index.js": "1",
    });
    expect(found).toMatchObject({ hasNodeModules: true, nodeModules: undefined });
    expect(world.lines).toEqual([]);
  });

  test("prepare() has nothing to do for a package.json without dependencies", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { npmRegistry: closedAddress });
    const found = await world.prepare({ "package.json": `{"type":"module","devDependencies":{"typescript":"7"}}` });
    expect(found).toMatchObject({ hasNodeModules: false, nodeModules: undefined, python: undefined });
  });

  test("prepare() installs without a sandbox too", async () => {
    await using root = await temporaryFolder();
    await using registry = await startNpmRegistry([greeter]);
    const world = await openWorld(root.path, { npmRegistry: registry.url }, true);
    const { nodeModules = "" } = await world.prepare(registry.filesFor(["greeter"]));
    await access(join(nodeModules, "greeter/index.js"));
  });
});

describe("prepare() installs Python packages", () => {
  const shares = { name: "share-split", version: "1.0.0", files: { "share_split.py": "def split(): return 3\n" } };

  test("prepare() installs pins with their hashes from the index", async () => {
    await using root = await temporaryFolder();
    await using index = await startWheelIndex([shares]);
    const world = await openWorld(root.path, { pipIndexUrl: index.url });
    const text = `share-split==1.0.0 --hash=sha256:${index.sha256("share-split")}\n`;
    const { python = "" } = await world.prepare({ "requirements.txt": text });
    await access(join(python, "share_split.py"));
    expect(world.lines[0]).toBe("info: Installing 1 package of requirements.txt");
    const wrong = await rejectionOf(
      world.prepare({ "requirements.txt": `share-split==1.0.0 --hash=sha256:${"0".repeat(64)}` }),
    );
    expect(wrong.code).toBe("DEPENDENCIES_FAILED");
    expect(wrong.message).toMatch(/hash/i);
  });

  test("prepare() names what requirements.txt does not pin, as lines to add", async () => {
    await using root = await temporaryFolder();
    await using index = await startWheelIndex([
      shares,
      { name: "billing", version: "2.0", files: {}, requires: ["share-split"] },
    ]);
    const world = await openWorld(root.path, { pipIndexUrl: index.url });
    expect(await rejectionOf(world.prepare({ "requirements.txt": "billing==2.0" }))).toMatchObject({
      code: "DEPENDENCIES_FAILED",
      message: "requirements.txt does not pin everything that its packages need; add share-split==1.0.0",
    });
    expect((await world.prepare({ "requirements.txt": "billing==2.0\nshare_split==1.0.0" })).python).toBeDefined();
  });

  test("prepare() installs vendored wheels without a network", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { pipIndexUrl: closedAddress });
    const wheel = makeWheel(shares);
    const files = { "requirements.txt": "share-split==1.0.0", [`wheels/${wheelName(shares)}`]: wheel };
    const { python = "" } = await world.prepare(files);
    await access(join(python, "share_split.py"));
    expect(await rejectionOf(world.prepare({ ...files, "requirements.txt": "billing==2.0" }))).toMatchObject({
      code: "DEPENDENCIES_FAILED",
      message: expect.stringMatching(/billing==2\.0.*; put its wheel into wheels\/$/),
    });
  });

  test("prepare() says which index cannot be reached", async () => {
    await using root = await temporaryFolder();
    const world = await openWorld(root.path, { pipIndexUrl: closedAddress });
    const refused = await rejectionOf(world.prepare({ "requirements.txt": "share-split==1.0.0" }));
    expect(refused.code).toBe("REGISTRY_UNREACHABLE");
    expect(refused.message).toMatch(/^The executor could not reach 127\.0\.0\.1:\d+ \(Connection refused\)/);
    expect(world.lines).toEqual(["info: Installing 1 package of requirements.txt"]);
  });
});

/** A server that takes connections and never answers. */
async function startSilentServer(): Promise<
  { readonly url: string; readonly asked: Promise<unknown> } & AsyncDisposable
> {
  const server = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
    asked: once(server, "connection"),
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
