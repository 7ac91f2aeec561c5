import { limits } from "@sealrun/protocol";
import { assert, json, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { planNpmInstall } from "../../../packages/protocol/src/package/npm-lock.ts";
import { bytesOf, jsonBytes, refusalOf } from "../../support/refusal.ts";
import { runDoubled } from "../../support/run-doubled.ts";

const hash = `sha512-${"A".repeat(86)}==`;
const entry = { version: "1.0.0", resolved: "https://registry.npmjs.org/a/-/a-1.0.0.tgz", integrity: hash };
const wanted = {
  name: "tested",
  scripts: { postinstall: "evil" },
  workspaces: ["packages/*"],
  dependencies: { a: "^1.0.0" },
  devDependencies: { dev: "git+ssh://git@example.org/x.git" },
};

function lockOf(packages: object): Uint8Array {
  return jsonBytes({ name: "tested", lockfileVersion: 3, requires: true, packages: { "": wanted, ...packages } });
}

describe("planNpmInstall() plans", () => {
  test("planNpmInstall() hands npm only the dependencies, and a lock file without addresses", () => {
    const plan = planNpmInstall(
      jsonBytes(wanted),
      lockOf({
        "node_modules/a": { ...entry, hasInstallScript: true },
        "node_modules/a/node_modules/@s/b": { ...entry, inBundle: true, integrity: undefined },
        "node_modules/dev": { version: "1.0.0", dev: true, resolved: "git+ssh://git@example.org/x.git" },
      }),
    );
    expect(plan?.count).toBe(2);
    expect(JSON.parse(plan?.packageJson ?? "")).toEqual({ dependencies: { a: "^1.0.0" } });
    const { packages } = JSON.parse(plan?.lockJson ?? "");
    expect(packages["node_modules/a"]).toEqual({ version: "1.0.0", integrity: hash, hasInstallScript: true });
    // npm would install a development dependency that another package needs.
    expect(packages[""]).toEqual({ dependencies: { a: "^1.0.0" } });
    expect(Object.keys(packages)).toEqual(["", "node_modules/a", "node_modules/a/node_modules/@s/b"]);
  });

  test.each([{}, { type: "module" }, { devDependencies: { typescript: "7.0.0" } }, { dependencies: {} }])(
    "planNpmInstall() has nothing to do for %j, with or without a lock file",
    (packageJson) => {
      expect(planNpmInstall(jsonBytes(packageJson), undefined)).toBeUndefined();
      expect(planNpmInstall(jsonBytes(packageJson), bytesOf("no JSON"))).toBeUndefined();
    },
  );

  test.each(["1.2.3", "^1", ">=1 <2", "latest", "", "*", "npm:other@1.2.3", "npm:@scope/other@^2"])(
    "planNpmInstall() takes the version %j",
    (version) => {
      expect(
        planNpmInstall(jsonBytes({ dependencies: { a: version } }), lockOf({ "node_modules/a": entry })),
      ).toBeDefined();
    },
  );
});

describe("planNpmInstall() refuses", () => {
  test("planNpmInstall() says what to do when there is no lock file", () => {
    expect(refusalOf(() => planNpmInstall(jsonBytes(wanted), undefined))).toMatchObject({
      code: "PACKAGE_INVALID",
      message:
        "package.json has no package-lock.json beside it: run npm install --package-lock-only, and push the lock file too",
    });
  });

  test.each([
    "git+https://example.org/a.git",
    "github:owner/a",
    "owner/a",
    "file:../a",
    "../a",
    "https://example.org/a.tgz",
    "link:a",
    "workspace:*",
    "npm:git+ssh://example.org/a",
  ])("planNpmInstall() refuses a dependency at %j", (version) => {
    const refused = refusalOf(() =>
      planNpmInstall(jsonBytes({ dependencies: { a: version } }), lockOf({ "node_modules/a": entry })),
    );
    expect(refused).toMatchObject({
      code: "PACKAGE_INVALID",
      message: expect.stringContaining(`"a" from the registry`),
    });
  });

  test.each([
    [{ "node_modules/a": { ...entry, link: true } }, "folder or a link"],
    [{ "node_modules/a": entry, "packages/a": { version: "1.0.0" } }, "folder or a link"],
    [{ "node_modules/a": entry, "node_modules/../../etc": entry }, "folder or a link"],
    [{ "node_modules/a": { ...entry, version: undefined } }, "expected a version"],
    [
      { "node_modules/a": { ...entry, resolved: "git+ssh://git@example.org/a.git#abc" } },
      "found git, a file or another address",
    ],
    [{ "node_modules/a": { ...entry, resolved: "file:a-1.0.0.tgz" } }, "found git, a file or another address"],
    [
      { "node_modules/a": { ...entry, resolved: "https://codeload.example.org/a/tar.gz/abc" } },
      "found git, a file or another address",
    ],
    [{ "node_modules/a": { ...entry, integrity: undefined } }, "expected an integrity hash"],
    [{ "node_modules/a": { ...entry, integrity: "md5-AAAA" } }, "expected an integrity hash"],
    [{ "node_modules/a": { ...entry, inBundle: true, integrity: undefined } }, "expected an integrity hash"],
    [{ "node_modules/a": entry, "node_modules/@sealrun/sdk": entry }, "every run already has @sealrun/sdk"],
    [{}, `it lacks "a"`],
  ])("planNpmInstall() refuses the lock file %j", (packages, sentence) => {
    const refused = refusalOf(() => planNpmInstall(jsonBytes(wanted), lockOf(packages)));
    expect(refused).toMatchObject({ code: "PACKAGE_INVALID", message: expect.stringContaining(sentence) });
  });

  test("planNpmInstall() reads a list of hashes, and refuses a long broken one at once", () => {
    const planWith = (integrity: string) =>
      planNpmInstall(jsonBytes(wanted), lockOf({ "node_modules/a": { ...entry, integrity } }));
    expect(planWith(`  ${hash}\n sha1-AAAA?opt `)).toBeDefined();
    // One pattern for the whole list takes exponential time on this.
    for (const broken of [
      `${"sha1-a?sha1-a?".repeat(140)} x`,
      `${"sha1-a ".repeat(600)}x`,
      "",
      " ",
      `${hash},${hash}`,
    ]) {
      expect(refusalOf(() => planWith(broken)).message).toMatch(/expected (?:an )?integrity hash/);
    }
  });

  test.each([
    '"sha1-A?".repeat(size / 7) + " !"',
    '"sha1-A ".repeat(size / 7) + "!"',
    '"sha1-" + "A".repeat(size) + "!"',
  ])("planNpmInstall() takes no longer than twice as long for twice as much of %s", async (integrity) => {
    const call = `
        const entry = { version: "1.0.0", integrity: ${integrity} };
        const packages = { "": {}, "node_modules/a": entry };
        read.planNpmInstall(
          bytes('{"dependencies":{"a":"1"}}'),
          bytes(JSON.stringify({ lockfileVersion: 3, packages })),
        );`;
    const messages = await runDoubled("packages/protocol/src/package/npm-lock.ts", call);
    expect(messages).toHaveLength(11);
    expect(messages[0]).toContain("expected an integrity hash");
    expect(messages.at(-1)).toMatch(
      /^package-lock\.json: "node_modules\/a": expected integrity hashes of at most 4096 characters, found 1\d+/,
    );
  });

  test("planNpmInstall() refuses a lock file of npm 6, text that is not JSON, and a file that is too large", () => {
    const plan = (lock: Uint8Array) => refusalOf(() => planNpmInstall(jsonBytes(wanted), lock)).message;
    expect(plan(jsonBytes({ lockfileVersion: 1, dependencies: {} }))).toContain(
      "expected lockfileVersion 2 or 3, found 1",
    );
    expect(plan(bytesOf("{"))).toBe("package-lock.json: expected JSON as npm writes it");
    expect(plan(jsonBytes([]))).toMatch(/^package-lock\.json: /);
    expect(plan(new Uint8Array(limits.lockFileBytes + 1))).toContain("expected at most 16 MiB");
    expect(plan(Uint8Array.of(0x7b, 0xff))).toContain("expected UTF-8");
  });

  test("planNpmInstall() returns a plan or throws PACKAGE_INVALID for any input", () => {
    assert(
      property(json(), json(), (packageJson, lock) => {
        try {
          planNpmInstall(bytesOf(packageJson), bytesOf(lock));
        } catch (error) {
          expect(error).toMatchObject({ code: "PACKAGE_INVALID" });
        }
      }),
    );
  });

  test("planNpmInstall() shows nothing of an address that may hold a token", () => {
    const resolved = "git+https://token-of-mine@example.org/a.git";
    const lock = lockOf({ "node_modules/a": { ...entry, resolved } });
    expect(refusalOf(() => planNpmInstall(jsonBytes(wanted), lock)).message).not.toContain("token-of-mine");
  });
});
