import {
  checkPackageFiles,
  isCredentialFile,
  isLocalFile,
  limits,
  type PackageFile,
  SealrunError,
} from "@sealrun/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../../support/refusal.ts";

const entry = (path: string, kind: PackageFile["kind"] = "file", size = 1): PackageFile => ({ path, kind, size });
const check = (...paths: readonly string[]) => checkPackageFiles(paths.map((path) => entry(path)));
const refuse = (...entries: readonly PackageFile[]) => {
  const refusal = refusalOf(() => checkPackageFiles([entry("main.ts"), ...entries]));
  expect(refusal.code).toBe("PACKAGE_INVALID");
  return refusal.message;
};

describe("checkPackageFiles()", () => {
  test("checkPackageFiles() accepts scripts, modules and data of any ending", () => {
    expect(() => {
      check(
        "main.ts",
        "lib/a.py",
        "lib/tool.rb",
        "data.csv",
        "été.txt",
        "README",
        ".npmrc",
        "a b.json",
        "manifest.json",
      );
    }).not.toThrow();
  });

  test("checkPackageFiles() accepts entries for folders", () => {
    expect(() => {
      checkPackageFiles([entry("lib/", "folder"), entry("lib", "folder"), entry("lib/a.ts")]);
    }).not.toThrow();
  });

  test.each<[string, PackageFile, string]>([
    ["a folder above", entry("../x"), '"../x": expected a path inside the package, ".." leads out of it'],
    ["a folder above, further in", entry("a/../../x"), '".." leads out of it'],
    ["a folder entry above", entry("../x/", "folder"), '".." leads out of it'],
    ["an absolute path", entry("/etc/passwd"), "this one is absolute"],
    ["a drive", entry("C:/x"), "this one is absolute"],
    ["a backslash", entry("a\\b"), 'no "\\" in a path'],
    ["an empty segment", entry("a//b"), 'expected a name between every two "/"'],
    ["an empty path", entry(""), "expected a path, it is empty"],
    ["a point segment", entry("./a"), 'expected a path without "."'],
    [
      "a line break",
      entry("a\nb"),
      '"a\\u{a}b": expected a path without control characters or marks of text direction',
    ],
    ["text that runs backwards", entry("a\u202egpj.sh"), '"a\\u{202e}gpj.sh": expected a path without control'],
    ["a mark of direction", entry("lib/\u200fa.py"), "without control characters"],
    ["an isolate", entry("\u2066a.py"), "without control characters"],
    ["a zero byte", entry("a\0b"), "without control characters"],
    ["half a surrogate pair", entry("a\ud800"), "without control characters"],
    ["a long path", entry(`${"d/".repeat(limits.pathBytes / 2)}x`), "expected a path of at most 512 bytes"],
    ["a long name", entry("x".repeat(256)), "expected names of at most 255 bytes"],
    ["a link", entry("a", "link"), '"a": expected a file, this is a link; put the file itself there'],
    ["a device", entry("a", "device"), "this is a device, socket or pipe"],
    ["names that differ by case", entry("MAIN.ts"), '"MAIN.ts": collides with "main.ts"'],
    [
      "a file where a folder is needed",
      entry("main.ts/x"),
      '"main.ts": is there twice, once as a file and once as a folder',
    ],
    ["a path twice", entry("main.ts"), '"main.ts": is there twice'],
    [
      "a secrets.json in a folder",
      entry("x/secrets.json"),
      '"x/secrets.json": expected secrets.json at the top of the package only',
    ],
    ["a secrets.json in capitals", entry("x/Secrets.JSON"), "expected secrets.json at the top of the package only"],
    ["a secrets.json among the files", entry("secrets.json"), "secrets are sealed separately from the files"],
    ["local secrets", entry("ef_env.json"), '"ef_env.json": holds secrets or state of local mode'],
    ["local secrets further in", entry("x/EF_ENV.json"), "holds secrets or state of local mode"],
    ["a compiled script's name", entry("x/.sealrun.main.ts.mjs"), "expected another name, .sealrun. starts"],
    [
      "a script that does not run here",
      entry("job.rb"),
      '"job.rb": scripts that end in .rb cannot run; scripts that can run end in .ts',
    ],
    ["an ending in capitals", entry("job.PY"), "expected the ending in small letters: .py"],
    ["a negative size", entry("x", "file", -1), "expected a size in bytes"],
  ])("checkPackageFiles() refuses %s", (_, bad, sentence) => expect(refuse(bad)).toContain(sentence));

  test("checkPackageFiles() refuses folders and accents that other systems take for one", () => {
    expect(refuse(entry("Lib/a.csv"), entry("lib/b.csv"))).toContain('"lib": collides with "Lib"');
    expect(refuse(entry("\u00e9.csv"), entry("e\u0301.csv"))).toContain("where case or accents do not count");
    expect(refuse(entry("straße"), entry("STRASSE"))).toContain("collides");
  });

  test("checkPackageFiles() refuses a package that is empty", () => {
    expect(refusalOf(() => checkPackageFiles([])).message).toContain("it is empty");
    expect(refusalOf(() => checkPackageFiles([entry("lib", "folder")])).message).toContain("it is empty");
  });

  test("checkPackageFiles() refuses too many files, and too large ones", () => {
    const many = Array.from({ length: limits.packageFiles }, (_, index) => entry(`f${index}`));
    expect(refuse(...many)).toContain("Expected at most 5000 files, found 5001");
    expect(refuse(entry("a", "file", limits.packageBytes))).toContain("Expected at most 64 MiB in all");
  });

  test("checkPackageFiles() lets no path through that leaves the package, and throws nothing but SealrunError", () => {
    const part = fc.constantFrom("..", ".", "/", "\\", "a", "\0", "C:", "é", "secrets.json", " ");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = parts.join("");
        try {
          check("main.ts", path);
          expect(new URL(`file:///top/${encodeURI(path)}`).pathname.startsWith("/top/")).toBe(true);
          expect(path.split("/")).not.toContain("..");
        } catch (error) {
          expect(error).toBeInstanceOf(SealrunError);
        }
      }),
    );
  });
});

test("isLocalFile() knows the files of local mode, in any folder and case", () => {
  expect(["ef_env.json", "x/Ef_Env.json", "ef_package_state.json", "env.json"].map(isLocalFile)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

describe("isCredentialFile()", () => {
  test.each([".env", ".ENV", "a/.env.local", ".npmrc", "lib/.pypirc"])("isCredentialFile() is true for %s", (path) => {
    expect(isCredentialFile(path)).toBe(true);
  });

  test.each(["a.env", ".envrc", ".npmrc.md", "env", "node_modules/left/.npmrc", ".env/a"])(
    "isCredentialFile() is false for %s",
    (path) => {
      expect(isCredentialFile(path)).toBe(false);
    },
  );
});
