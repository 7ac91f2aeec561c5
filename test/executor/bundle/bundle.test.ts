import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { bundleScripts } from "../../../executor/src/bundle/bundle.ts";
import { programs } from "../../support/servers.ts";
import { esbuild, runPackage } from "../run-package.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const digest = "a".repeat(64);

interface Bundling {
  readonly files: Readonly<Record<string, string>>;
  readonly scripts: readonly string[];
  readonly root: string;
  readonly esbuild?: string;
  readonly hasNodeModules?: boolean;
}

async function bundle(options: Bundling): Promise<Readonly<Record<string, string>>> {
  const source = join(options.root, "source");
  for (const [path, text] of Object.entries(options.files)) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), text);
  }
  const compiled = await bundleScripts({
    compiler: { bubblewrap: programs().bwrap, esbuild: options.esbuild ?? esbuild },
    source,
    files: Object.keys(options.files),
    scripts: options.scripts,
    cacheDir: join(options.root, "cache"),
    hasNodeModules: options.hasNodeModules ?? false,
    versionDigest: digest,
  });
  const texts = compiled.map(async ({ path, cachedPath }) => [path, await readFile(cachedPath, "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function bundleFailure(script: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> {
  await using root = await temporaryFolder();
  const files = { "main.ts": script, ...more };
  return await bundle({ files, scripts: ["main.ts"], root: root.path }).catch((error: unknown) => error);
}

describe("bundleScripts() compiles", () => {
  test("bundleScripts() lays each bundle beside its script and strips every other file", async () => {
    await using root = await temporaryFolder();
    const compiled = await bundle({
      files: {
        "main.ts": `import { b } from "./lib/b.ts"; const text: string = b; console.log(text);`,
        "jobs/nightly.mts": `import "@sealrun/sdk"; export {};`,
        "lib/b.ts": `export const b: string = "b";`,
        "types.d.ts": "export type A = string;",
        "run.py": "print()",
      },
      scripts: ["main.ts", "jobs/nightly.mts", "run.py"],
      root: root.path,
    });
    expect(Object.keys(compiled).sort()).toEqual([
      ".sealrun.main.ts.mjs",
      ".sealrun.main.ts.mjs.map",
      "jobs/.sealrun.nightly.mts.mjs",
      "jobs/.sealrun.nightly.mts.mjs.map",
      "jobs/nightly.mts",
      "lib/b.ts",
      "main.ts",
    ]);
    expect(compiled["lib/b.ts"]).toMatch(/^export const b = "b";\n\/\/# sourceMappingURL=data:[^\n]*\n$/);
    expect(compiled["main.ts"]).toContain(`export * from "./.sealrun.main.ts.mjs";`);
    expect(compiled["jobs/.sealrun.nightly.mts.mjs"]).toContain(`import "@sealrun/sdk"`);
  });

  test("bundleScripts() gives CommonJS parts require, and a script its own names and folder", async () => {
    const run = await runPackage({
      files: {
        "deep/main.ts": `import { createRequire } from "node:module"; import part from "./part.cjs"; import { dirname } from "node:path";
          const require = createRequire(import.meta.url); const __sealrun = 1;
          console.log(part, require("node:path").sep, __dirname, dirname(__filename) === import.meta.dirname);`,
        "deep/part.cjs": `module.exports = [typeof require("node:fs").readFileSync, __dirname];`,
      },
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: "[ 'function', '/work/deep' ] / /work/deep true\n", stderr: "" });
  });

  test("bundleScripts() treats a file named like an option as a file", async () => {
    await using root = await temporaryFolder();
    const compiled = await bundle({
      files: { "--banner:js=x.ts": "const a: 1 = 1" },
      scripts: [],
      root: root.path,
    }).catch((error: unknown) => error);
    expect(compiled).toMatchObject({ code: "BUNDLE_FAILED" });
    const plain = await bundle({ files: { "--minify.ts": "const a: 1 = 1" }, scripts: [], root: root.path });
    expect(Object.keys(plain)).toEqual(["--minify.ts"]);
    expect(plain["--minify.ts"]).toMatch(/^const a = 1;\n\/\/# [^\n]*\n$/);
  });

  test("bundleScripts() compiles a version once", async () => {
    await using root = await temporaryFolder();
    const options = { files: { "main.ts": "console.log(1)" }, scripts: ["main.ts"], root: root.path };
    const first = await bundle(options);
    expect(await bundle({ ...options, esbuild: "/nowhere" })).toEqual(first);
    expect(await readdir(join(root.path, "cache"))).toHaveLength(1);
  });

  test("bundleScripts() leaves packages to Node when there are any, and bundles the package's own modules", async () => {
    await using root = await temporaryFolder();
    const compiled = await bundle({
      files: {
        "main.ts": `import pg from "pg"; import { b } from "./b.ts"; console.log(pg, b);`,
        "b.ts": `export const b: string = "own module";`,
      },
      scripts: ["main.ts"],
      root: root.path,
      hasNodeModules: true,
    });
    expect(compiled[".sealrun.main.ts.mjs"]).toContain(`import pg from "pg"`);
    expect(compiled[".sealrun.main.ts.mjs"]).toContain("own module");
  });

  test("bundleScripts() may run twice at once for one version", async () => {
    await using root = await temporaryFolder();
    const options = { files: { "main.ts": "console.log(1)" }, scripts: ["main.ts"], root: root.path };
    const both = await Promise.all([bundle(options), bundle(options), bundle(options)]);
    expect(both.map((files) => Object.keys(files).length)).toEqual([3, 3, 3]);
    expect(await readdir(join(root.path, "cache"))).toHaveLength(1);
  });

  test("bundleScripts() has nothing to do without TypeScript", async () => {
    await using root = await temporaryFolder();
    expect(await bundle({ files: { "a.js": "1" }, scripts: ["a.js"], root: root.path })).toEqual({});
  });
});

describe("bundleScripts() refuses", () => {
  test("bundleScripts() names file, line, column and reason, without the source line", async () => {
    const failure = await bundleFailure(`console.log("hunter2");\nlet a: = "hunter2";`);
    expect(failure).toMatchObject({ code: "BUNDLE_FAILED", message: `main.ts, line 2, column 8: Unexpected "="` });
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain("hunter2");
  });

  test("bundleScripts() names a missing package", async () => {
    const failure = await bundleFailure(`import x from "lodash"; console.log(x);`);
    expect(failure).toMatchObject({
      code: "BUNDLE_FAILED",
      message: `main.ts, line 1, column 15: Could not resolve "lodash"`,
    });
  });

  test("bundleScripts() leaves nothing in the cache after a failure", async () => {
    await using root = await temporaryFolder();
    await expect(bundle({ files: { "main.ts": "let = ;" }, scripts: ["main.ts"], root: root.path })).rejects.toThrow();
    expect(await readdir(join(root.path, "cache"))).toEqual([]);
  });

  test("bundleScripts() inlines no file of the host, however it is named", async () => {
    await using outside = await temporaryFolder();
    const key = join(outside.path, "root.json");
    await writeFile(key, JSON.stringify("root-key-bytes"));
    await writeFile(join(outside.path, "root.ts"), `export default "root-key-bytes";`);
    const up = "../".repeat(12);
    const paths = [
      key,
      `${up}${key.slice(1)}`,
      join(outside.path, "root.ts"),
      `/proc/self/root${key}`,
      "/etc/passwd",
      "/etc/shadow",
    ];
    for (const path of paths) {
      const failure = await bundleFailure(`import found from ${JSON.stringify(path)}; console.log(found);`);
      expect(failure).toMatchObject({ code: "BUNDLE_FAILED" });
    }
  });

  test("bundleScripts() reads no configuration from outside the package", async () => {
    await using outside = await temporaryFolder();
    await writeFile(join(outside.path, "tsconfig.json"), "root-key-bytes");
    const failure = await bundleFailure("console.log(1)", {
      "tsconfig.json": JSON.stringify({ extends: join(outside.path, "tsconfig.json") }),
    });
    expect(JSON.stringify(failure)).not.toContain("root-key-bytes");
  });
});
