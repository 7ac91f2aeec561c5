import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { limits } from "@sealrun/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPackageFolder } from "../../../packages/cli/src/package/read-folder.ts";
import { rejectionOf } from "../../support/refusal.ts";
import { newPerson, type Person } from "../run-here.ts";

let person: Person;
beforeEach(async () => {
  person = await newPerson();
});
afterEach(async () => person.leave());

test("readPackageFolder() gives files by path, and secrets.json apart", async () => {
  const folder = await person.write("p", { "z.sh": "", "a.sh": "a", "lib/x.ts": "", "secrets.json": "{}" });
  const { files, secretsFile, skipped } = await readPackageFolder(folder);
  expect(files.map(({ path }) => path)).toEqual(["a.sh", "lib/x.ts", "z.sh"]);
  expect(Buffer.from(secretsFile ?? "").toString()).toBe("{}");
  expect(skipped).toEqual([]);
});

test("readPackageFolder() reads which files are executable", async () => {
  const folder = await person.write("p", { "a.sh": "", "bin/tool": "#!/bin/sh\n", "notes.txt": "" });
  await chmod(join(folder, "bin/tool"), 0o755);
  const { files } = await readPackageFolder(folder);
  expect(files.map(({ path, executable }) => [path, executable])).toEqual([
    ["a.sh", false],
    ["bin/tool", true],
    ["notes.txt", false],
  ]);
});

test("readPackageFolder() leaves out what no version holds, and says what a person may miss", async () => {
  const silent = { ".git/config": "", "__pycache__/x.pyc": "", ".DS_Store": "", "y.pyc": "", ".gitignore": "" };
  const told = { ".env": "", "lib/.env.local": "", "ef_env.json": "", "lib/EF_ENV.json": "", ".npmrc": "" };
  const folder = await person.write("p", { "main.sh": "", "ef_package_state.json": "", ...silent, ...told });
  const { files, skipped } = await readPackageFolder(folder);
  expect(files.map(({ path }) => path)).toEqual(["main.sh"]);
  expect(skipped.toSorted()).toEqual(
    [".env", "ef_env.json", "ef_package_state.json", "lib/.env.local", "lib/EF_ENV.json", ".npmrc"].toSorted(),
  );
});

test.each(["package-lock.json", "yarn.lock", "pnpm-lock.yaml"])(
  "readPackageFolder() leaves out node_modules beside %s",
  async (lock) => {
    const folder = await person.write("p", { "main.ts": "", [lock]: "", "node_modules/x.js": "" });
    const { files, skipped } = await readPackageFolder(folder);
    expect(files.map(({ path }) => path)).toEqual(["main.ts", lock].toSorted());
    expect(skipped).toEqual(["node_modules"]);
  },
);

test("readPackageFolder() takes a vendored node_modules, without its links and npm's own notes", async () => {
  const folder = await person.write("p", {
    "main.ts": "",
    "web/node_modules/y.js": "",
    "node_modules/.package-lock.json": "{}",
    "node_modules/x/index.js": "",
    "node_modules/x/node_modules/z/index.js": "",
  });
  await mkdir(join(folder, "node_modules/.bin"));
  await symlink("../x/index.js", join(folder, "node_modules/.bin/x"));
  const { files, skipped } = await readPackageFolder(folder);
  expect(files.map(({ path }) => path)).toEqual([
    "main.ts",
    "node_modules/x/index.js",
    "node_modules/x/node_modules/z/index.js",
  ]);
  expect(skipped).toEqual(["web/node_modules"]);
});

test.each([
  ["a link to a file", "PACKAGE_INVALID", async (folder: string) => symlink("/etc/passwd", join(folder, "x.txt"))],
  ["a link to a folder", "PACKAGE_INVALID", async (folder: string) => symlink("/etc", join(folder, "etc"))],
  [
    "a link as secrets.json",
    "PACKAGE_INVALID",
    async (folder: string) => symlink("main.sh", join(folder, "secrets.json")),
  ],
  ["a pipe", "PACKAGE_INVALID", async (folder: string) => execFileSync("mkfifo", [join(folder, "pipe")])],
  [
    "a folder as secrets.json",
    "PACKAGE_INVALID",
    async (folder: string) =>
      mkdir(join(folder, "secrets.json", "x"), { recursive: true }).then(() =>
        writeFile(join(folder, "secrets.json", "secrets.json"), "{}"),
      ),
  ],
  [
    "too large a secrets.json",
    "VALUE_TOO_LARGE",
    async (folder: string) =>
      writeFile(join(folder, "secrets.json"), "").then(() =>
        truncate(join(folder, "secrets.json"), limits.secretsFileBytes + 1),
      ),
  ],
  [
    "too many bytes",
    "PACKAGE_INVALID",
    async (folder: string) =>
      writeFile(join(folder, "x.bin"), "").then(() => truncate(join(folder, "x.bin"), limits.packageBytes + 1)),
  ],
] as const)("readPackageFolder() refuses %s", async (_, code, spoil) => {
  const folder = await person.write("p", { "main.sh": "" });
  await spoil(folder);
  expect(await rejectionOf(readPackageFolder(folder))).toMatchObject({ code });
});

test("readPackageFolder() says that the folder does not exist, or is not a folder", async () => {
  const folder = await person.write("p", { "main.sh": "" });
  expect((await rejectionOf(readPackageFolder(join(folder, "no")))).message).toMatch(/does not exist; check the path$/);
  expect((await rejectionOf(readPackageFolder(join(folder, "main.sh")))).message).toMatch(/is not a folder/);
});
