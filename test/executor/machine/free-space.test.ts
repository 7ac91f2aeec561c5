import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "@sealrun/protocol";
import { afterEach, expect, test } from "vitest";
import { findShortage } from "../../../executor/src/machine/free-space.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const reserve = limits.diskReserveBytes;
afterEach(() => {
  Object.assign(limits, { diskReserveBytes: reserve });
});

test("findShortage() names a folder whose disk has less free space than the reserve, and no other", async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, "work"));
  expect(await findShortage([folder.path, join(folder.path, "not-there")])).toBeUndefined();
  Object.assign(limits, { diskReserveBytes: Number.MAX_SAFE_INTEGER });
  expect(await findShortage([join(folder.path, "not-there"), folder.path])).toMatchObject({
    code: "DISK_FULL",
    message: expect.stringContaining(`on the disk of ${folder.path}; make room`),
  });
});
