import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireWritable } from "../../../packages/cli/src/dev/ready-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-ready-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test("requireWritable() leaves nothing where a file can be written", async () => {
  await requireWritable("--ready-file", join(folder, "ready.json"));
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ["missing/ready.json", "its folder does not exist"],
  ["", "it is a folder"],
])("requireWritable() says why %j cannot be written", async (name, reason) => {
  await expect(requireWritable("--ready-file", join(folder, name))).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringMatching(new RegExp(`^--ready-file: .* cannot be written: ${reason}$`)),
  });
});
