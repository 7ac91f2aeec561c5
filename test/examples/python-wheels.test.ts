import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findCacheFolder } from "../../packages/cli/src/setup/cache-folder.ts";
import { createPackageFetcher } from "../../packages/cli/src/setup/fetch-package.ts";
import { findHostPython } from "../../packages/cli/src/setup/python.ts";

const example = fileURLToPath(new URL("../../examples/python-wheels", import.meta.url));
const wheel = "fair_rounding-1.0.0-py3-none-any.whl";

test("examples/python-wheels holds the wheel that its own source builds, to the byte", async () => {
  const environment = process.env;
  const cacheFolder = await findCacheFolder(environment);
  const packages = await createPackageFetcher({ cacheFolder, environment, log: () => undefined });
  const python = await findHostPython({ environment, packages });
  await packages.close();
  const folder = await mkdtemp(join(tmpdir(), "sealrun-wheel-"));
  try {
    await promisify(execFile)(python.interpreter, [join(example, "wheel-source/build.py"), folder], {
      env: { ...environment, ...python.environment },
    });
    expect(await readFile(join(folder, wheel))).toEqual(await readFile(join(example, "wheels", wheel)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
