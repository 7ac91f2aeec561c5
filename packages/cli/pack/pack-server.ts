import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gatherLicences, librariesBelow } from "./licences.ts";
import { npmPack } from "./npm-pack.ts";

/** The package `sealrun-server`. */
export interface PackedServer {
  readonly tarball: string;
  /** Libraries that npm installs with it, and their exact versions. */
  readonly libraries: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The project's own packages, which are on no registry: they travel inside. */
const inside = [
  "packages/client",
  "packages/crypto",
  "packages/faults",
  "packages/key-files",
  "packages/keyring",
  "packages/nats",
  "packages/platform",
  "packages/postgres",
  "packages/protocol",
  "packages/sdk",
  "packages/telemetry",
  "executor",
];
/** What programs read at run time besides the built code. */
const extra: Readonly<Record<string, readonly string[]>> = {
  "packages/keyring": ["sql"],
  "packages/platform": ["sql"],
  executor: ["src/bootstrap"],
};

/** Packs the server into a folder. The repository has to be built: this takes what is in `dist`. */
export async function packServer(destination: string): Promise<PackedServer> {
  const stage = await mkdtemp(join(tmpdir(), "sealrun-pack-"));
  try {
    const cli = await readManifest("packages/cli");
    const manifests = await Promise.all(inside.map(readManifest));
    for (const [at, folder] of inside.entries()) {
      await copyPackage(folder, join(stage, "node_modules", manifests[at]?.name ?? ""), extra[folder] ?? []);
    }
    await copyPythonSdk(join(stage, "node_modules/@sealrun/sdk-python"), cli.version);
    await copyPackage("packages/cli", join(stage, "cli"), ["demo-package", "prove-package"]);
    await cp(join(root, "packages/web/dist"), join(stage, "web/dist"), { recursive: true });
    const ofWeb = Object.keys((await readManifest("packages/web")).dependencies ?? {});
    const licences = await gatherLicences(root, await librariesBelow(root, ofWeb));
    await writeFile(join(stage, "THIRD-PARTY-LICENSES.txt"), licences);
    await mkdir(join(stage, "bin"));
    await cp(join(root, "packages/cli/pack/server/bin.js"), join(stage, "bin/sealrun-server.js"));
    await cp(join(root, "packages/cli/pack/server/README.md"), join(stage, "README.md"));
    await cp(join(root, "LICENSE"), join(stage, "LICENSE"));
    const own = [...manifests.map(({ name }) => name), "@sealrun/sdk-python"];
    const libraries = uniteDependencies([cli, ...manifests], own);
    const tarball = await npmPack(stage, serverManifest(cli, own, libraries), destination);
    return { tarball, libraries };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function serverManifest(
  { version, license }: Manifest,
  own: readonly string[],
  libraries: PackedServer["libraries"],
): object {
  return {
    name: "sealrun-server",
    version,
    description: "Runs a team's scripts with secrets that only the script sees: platform, keyring and executor",
    license,
    type: "module",
    bin: { "sealrun-server": "bin/sealrun-server.js" },
    engines: { node: ">=22.18" },
    os: ["linux"],
    cpu: ["x64"],
    dependencies: { ...libraries, ...Object.fromEntries(own.map((name) => [name, version])) },
    bundleDependencies: own,
  };
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
}

/** Only what a source has made: `dist` keeps files of sources that are gone, and declarations are for editors. */
async function copyPackage(folder: string, to: string, more: readonly string[]): Promise<void> {
  const from = join(root, folder);
  await mkdir(to, { recursive: true });
  const isShipped = (path: string): boolean => {
    if (/\.(?:tsbuildinfo|d\.ts)$/.test(path)) return folder === "packages/sdk" && path.endsWith(".d.ts");
    const inDist = relative(join(from, "dist"), path);
    if (!path.endsWith(".js") || inDist.startsWith("bundled/") || inDist === "sdk.js") return true;
    return existsSync(join(from, "src", inDist.replace(/\.js$/, ".ts")));
  };
  await cp(join(from, "dist"), join(to, "dist"), { recursive: true, filter: isShipped });
  for (const path of more) await cp(join(from, path), join(to, path), { recursive: true });
  await cp(join(from, "package.json"), join(to, "package.json"));
}

/** It has the place beside the SDK that it has in the repository. */
async function copyPythonSdk(to: string, version: string): Promise<void> {
  const isSource = (path: string): boolean => !path.includes("__pycache__");
  for (const name of ["sealrun", "ferris_cli", "ferris_ef", "fx_ef"]) {
    const from = join(root, "packages/sdk-python", name);
    await cp(from, join(to, name), { recursive: true, filter: isSource });
  }
  await writeFile(join(to, "package.json"), JSON.stringify({ name: "@sealrun/sdk-python", version }));
}

/** Every library once. Throws for two versions of one: npm would have to nest one of them. */
function uniteDependencies(manifests: readonly Manifest[], own: readonly string[]): PackedServer["libraries"] {
  const united = new Map<string, string>();
  for (const { name, dependencies = {} } of manifests) {
    for (const [library, version] of Object.entries(dependencies)) {
      if (own.includes(library)) continue;
      const before = united.get(library) ?? version;
      if (before !== version) throw new Error(`${name} needs ${library} ${version}, another package ${before}`);
      united.set(library, version);
    }
  }
  return Object.fromEntries([...united].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
