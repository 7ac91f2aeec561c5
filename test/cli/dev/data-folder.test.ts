import { relative, sep } from "node:path";
import { expect, test } from "vitest";
import { layOutDataFolder } from "../../../packages/cli/src/dev/data-folder.ts";

const root = "/var/lib/some one/.sealrun";
const folder = layOutDataFolder(root);
const below = (path: string) => relative(root, path);

test("layOutDataFolder() puts every path inside the root, so that deleting it resets everything", () => {
  const paths = allPaths();
  for (const path of paths) expect(below(path)).not.toMatch(/^(?:\.\.|\/|$)/);
  expect(folder.root).toBe(root);
});

test("layOutDataFolder() gives no two purposes the same path", () => {
  const paths = allPaths();
  expect(new Set(paths).size).toBe(paths.length);
});

test("layOutDataFolder() keeps each part's config, identity and keys in the part's own folder", () => {
  for (const name of ["platform", "keyring"] as const) {
    const start = `${folder.part(name)}${sep}`;
    for (const path of [folder.config(name), folder.identity(name), folder.rootKey(name)]) {
      expect(path.startsWith(start), path).toBe(true);
    }
  }
  for (const path of [folder.config("executor"), folder.executorState, folder.enrolmentToken]) {
    expect(path.startsWith(`${folder.part("executor")}${sep}`), path).toBe(true);
  }
});

test("layOutDataFolder() keeps what every part may read, and what only a person may, out of the parts' folders", () => {
  const parts = [folder.part("platform"), folder.part("keyring"), folder.part("executor")];
  const others = [
    folder.publicIdentity("platform"),
    folder.publicIdentity("keyring"),
    folder.adminTokenFile,
    folder.logs,
  ];
  for (const path of others) expect(parts.filter((part) => path.startsWith(`${part}${sep}`))).toEqual([]);
});

test("layOutDataFolder() names the root key after what it protects: stored data or scope keys", () => {
  expect(below(folder.rootKey("platform"))).toBe("platform/storage.key");
  expect(below(folder.rootKey("keyring"))).toBe("keyring/wrapping.key");
});

function allPaths(): readonly string[] {
  const parts = ["platform", "keyring", "executor"] as const;
  const keepers = ["platform", "keyring"] as const;
  return [
    ...parts.flatMap((name) => [folder.part(name), folder.config(name)]),
    ...keepers.flatMap((name) => [folder.identity(name), folder.publicIdentity(name), folder.rootKey(name)]),
    folder.adminTokenFile,
    folder.logs,
    folder.executorState,
    folder.enrolmentToken,
  ];
}
