import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layOutDataFolder } from "../../../packages/cli/src/dev/data-folder.ts";
import { ensureKeys } from "../../../packages/cli/src/dev/keys.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sealrun-test-keys-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe("ensureKeys()", () => {
  it("makes keys once and reads the same ones again", async () => {
    const folder = layOutDataFolder(root);
    expect(await ensureKeys(folder)).toEqual(await ensureKeys(folder));
  });

  it("keeps every private file from other users", async () => {
    const folder = layOutDataFolder(root);
    await ensureKeys(folder);
    const files = [
      folder.rootKey("platform"),
      folder.rootKey("keyring"),
      folder.identity("keyring"),
      folder.adminTokenFile,
    ];
    for (const file of files) expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it("writes no private half into the public files", async () => {
    const folder = layOutDataFolder(root);
    await ensureKeys(folder);
    const published = JSON.parse(await readFile(folder.publicIdentity("keyring"), "utf8"));
    expect(Object.keys(published).toSorted()).toEqual(["boxPublic", "id", "signPublic"]);
  });
});
