import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { gatherLicences, librariesOf } from "./licences.ts";
import { npmPack } from "./npm-pack.ts";

/** The package `sealrun`, and what its bundles were made of. */
export interface PackedClient {
  readonly tarball: string;
  /** Paths of the sources and libraries in the bundles, from the repository's top. */
  readonly inputs: readonly string[];
  /** The modules of Node that the bundles import. */
  readonly builtins: readonly string[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const requireInModules =
  "import { createRequire as requireOfNode } from 'node:module'; const require = requireOfNode(import.meta.url);";

/** What the bundle takes of the server's packages: pure code, of which their doors would bring everything else too. */
const alias = {
  "@sealrun/platform": "./packages/platform/src/schedules/check-schedule.ts",
  "@sealrun/executor": "./executor/src/references/run-jq.ts",
  "jq-wasm": "jq-wasm/inline",
};

/** The command, and the three programs that it starts for local runs. */
const bundles = {
  sealrun: "packages/cli/src/client/main.ts",
  "sdk-hook": "packages/cli/src/local/sdk-hook.ts",
  sdk: "packages/sdk/src/index.ts",
  "answer-shell": "executor/src/local/answer-shell.ts",
  "jq-worker": "executor/src/references/jq-worker.ts",
};

/** Packs the client into a folder. The repository has to be built: the SDK's declarations are taken from `dist`. */
export async function packClient(destination: string): Promise<PackedClient> {
  const stage = await mkdtemp(join(tmpdir(), "sealrun-pack-"));
  try {
    const { inputs, builtins } = await buildBundles(join(stage, "dist"));
    await copyFiles(stage);
    await writeFile(join(stage, "THIRD-PARTY-LICENSES.txt"), await gatherLicences(root, librariesOf(inputs)));
    const { name, version, license } = JSON.parse(await readFile(join(root, "packages/cli/package.json"), "utf8"));
    const manifest = {
      name,
      version,
      description: "Runs a team's scripts with secrets that only the script sees: the command",
      license,
      type: "module",
      bin: { sealrun: "bin/sealrun.js" },
      engines: { node: ">=20.17" },
    };
    return { tarball: await npmPack(stage, manifest, destination), inputs, builtins };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function buildBundles(folder: string): Promise<Pick<PackedClient, "inputs" | "builtins">> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(bundles).map(([out, entry]) => ({ in: entry, out })),
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@sealrun/source"],
    alias,
    plugins: [onlyEnglish],
    minify: true,
    // Sentences about a failure name functions.
    keepNames: true,
    legalComments: "none",
    banner: { js: requireInModules },
    metafile: true,
    logLevel: "warning",
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  return {
    inputs: Object.keys(metafile.inputs).map((path) => relative(root, join(root, path))),
    builtins: [...new Set(imports.map(({ path }) => path.replace(/^node:/, "")))].toSorted(),
  };
}

/** zod brings its messages in fifty languages; sealrun's own are in English. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup: (bundler) => {
    bundler.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

async function copyFiles(stage: string): Promise<void> {
  const files = join(stage, "files");
  for (const name of ["bootstrap.mjs", "bootstrap.py", "sealrun-context"]) {
    await cp(join(root, "executor/src/bootstrap", name), join(files, "bootstrap", name));
  }
  for (const name of ["sealrun", "ferris_cli", "ferris_ef", "fx_ef"]) {
    const from = join(root, "packages/sdk-python", name);
    const isSource = (path: string): boolean => !path.includes("__pycache__");
    await cp(from, join(files, "sdk-python", name), { recursive: true, filter: isSource });
  }
  const isDeclaration = (path: string): boolean => path.endsWith("dist") || path.endsWith(".d.ts");
  await cp(join(root, "packages/sdk/dist"), join(files, "sdk-types"), { recursive: true, filter: isDeclaration });
  await mkdir(join(stage, "bin"));
  await cp(join(root, "packages/cli/pack/client/bin.js"), join(stage, "bin/sealrun.js"));
  await cp(join(root, "packages/cli/pack/client/README.md"), join(stage, "README.md"));
  await cp(join(root, "LICENSE"), join(stage, "LICENSE"));
}
