import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseFiles } from "../../../../packages/platform/src/push/zip/choose-files.ts";
import { listEntries, type ZipEntry } from "../../../../packages/platform/src/push/zip/list-entries.ts";
import { makeZip } from "../../../support/make-zip.ts";
import { refusalOf } from "../../../support/refusal.ts";

/** The entries of a real archive with these paths; one that ends in "/" is a folder. */
async function entriesOf(...paths: readonly string[]): Promise<readonly ZipEntry[]> {
  return listEntries(makeZip(paths.map((name) => ({ name, mode: name.endsWith("/") ? 0o040755 : 0o100644 }))));
}

const chosen = async (...paths: readonly string[]) => chooseFiles(await entriesOf(...paths)).map(({ path }) => path);

describe("chooseFiles()", () => {
  test("chooseFiles() keeps the order of the archive, in which scripts run", async () => {
    expect(await chosen("b.py", "a.py", "lib/", "lib/c.py")).toEqual(["b.py", "a.py", "lib/", "lib/c.py"]);
    expect(chooseFiles([])).toEqual([]);
  });

  test("chooseFiles() takes away the one folder around everything, and changes nothing but the path", async () => {
    const entries = await entriesOf("top/", "top/main.py", "top/lib/", "top/lib/x.py");
    const files = chooseFiles(entries);
    expect(files.map(({ path }) => path)).toEqual(["main.py", "lib/", "lib/x.py"]);
    expect(files.map(({ path, ...rest }) => ({ ...rest, path: `top/${path}` }))).toEqual(entries.slice(1));
  });

  test("chooseFiles() takes away one folder only, and none when a file lies beside it", async () => {
    expect(await chosen("a/b/main.py")).toEqual(["b/main.py"]);
    expect(await chosen("a/main.py", "beside.py")).toEqual(["a/main.py", "beside.py"]);
  });

  test.each([".git", ".hg", ".svn", ".GIT"])(
    "chooseFiles() leaves out %s at every depth, the folder's own entry too",
    async (name) => {
      const history = [`${name}/`, `${name}/config`, `lib/${name}/objects/ab`, `lib/${name}/`];
      expect(await chosen("main.py", ...history)).toEqual(["main.py"]);
    },
  );

  test("chooseFiles() keeps files whose names only begin or end like a history", async () => {
    const paths = ["main.py", ".gitignore", ".github/x.yml", "x.git/config", "git/config", "lib/.git"];
    expect(await chosen(...paths)).toEqual(paths);
  });

  test("chooseFiles() finds the folder around everything when history or macOS' files lie beside it", async () => {
    const beside = [".git/config", "__MACOSX/top/._main.py", ".DS_Store"];
    expect(await chosen(...beside, "top/main.py", "top/.DS_Store")).toEqual(["main.py"]);
  });

  test("chooseFiles() refuses a file of credentials by its path in the package", async () => {
    const entries = await entriesOf("top/main.py", "top/lib/.env.local");
    const { code, message } = refusalOf(() => chooseFiles(entries));
    expect(code).toBe("PACKAGE_INVALID");
    expect(message).toContain('"lib/.env.local"');
  });

  test("chooseFiles() refuses no file of credentials that is left out anyway or that a vendored package brings", async () => {
    const vendored = "node_modules/left-pad/.npmrc";
    expect(await chosen("main.py", ".git/.env", "__MACOSX/.env", vendored)).toEqual(["main.py", vendored]);
  });

  test("chooseFiles() leaves paths that lead out for the check that refuses them", async () => {
    const entry = (await entriesOf("x/main.py")).map((one) => ({ ...one, path: "../main.py" }));
    expect(chooseFiles(entry).map(({ path }) => path)).toEqual(["../main.py"]);
  });

  test("chooseFiles() chooses the same files again of what it chose, unless another folder holds all", async () => {
    const [template] = await entriesOf("x");
    if (template === undefined) throw new TypeError("Expected an entry");
    const name = fc.constantFrom("a", "b", ".git", "__MACOSX", ".DS_Store", "main.py");
    const paths = fc.array(fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")));
    fc.assert(
      fc.property(paths, (given) => {
        // A file at the top, so that no folder holds all.
        const once = chooseFiles(["top.py", ...given].map((path) => ({ ...template, path })));
        expect(chooseFiles(once)).toEqual(once);
        expect(once.filter(({ path }) => /(?:^|\/)\.git\/|^__MACOSX\/|(?:^|\/)\.DS_Store$/.test(path))).toEqual([]);
        const kept = given.filter((path) => once.some((one) => one.path === path));
        expect(once.map(({ path }) => path)).toEqual(["top.py", ...kept]);
      }),
    );
  });
});
