import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { layOutDataFolder } from "../../../packages/cli/src/dev/data-folder.ts";
import { explainEnd } from "../../../packages/cli/src/dev/explain-end.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-full-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test("explainEnd() says that the disk is full, and otherwise where the log is", async () => {
  expect(await explainEnd("PostgreSQL", layOutDataFolder(join(folder, "data")))).toMatchObject({
    code: "INTERNAL",
    message: `PostgreSQL ended unexpectedly; its log is in ${join(folder, "data", "logs")}`,
  });
  await using disk = await mountSmallDisk(folder, 1024 * 1024);
  expect(await explainEnd("PostgreSQL", layOutDataFolder(disk.path))).toMatchObject({
    code: "DISK_FULL",
    message: expect.stringContaining(`${disk.path} is full`),
  });
});
