import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import * as sources from "../../packages/sdk/src/index.ts";
import { findRuntime } from "../../executor/src/runtime-files.ts";

const { sdk } = findRuntime(null);
const file = join(sdk, "dist", "sdk.js");

describe("findRuntime()", () => {
  test("findRuntime() gives a JavaScript SDK that is one file, as its sources are now", async () => {
    const { exports } = JSON.parse(await readFile(join(sdk, "package.json"), "utf8"));
    expect(exports["."].default).toBe("./dist/sdk.js");
    const options = { bundle: true, platform: "node", format: "esm", target: "node22", write: false } as const;
    const built = await build({ ...options, absWorkingDir: sdk, entryPoints: ["src/index.ts"] });
    // Otherwise: npm run build -w @sealrun/sdk
    expect(await readFile(file, "utf8")).toBe(built.outputFiles[0]?.text);
    expect(Object.keys(await import(pathToFileURL(file).href)).toSorted()).toEqual(Object.keys(sources).toSorted());
  });
});
