import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refuseCredentials } from "../../../packages/platform/src/push/refuse-credentials.ts";
import { refusalOf } from "../../support/refusal.ts";

const segment = fc.stringMatching(/^[A-Za-z0-9_ -]{1,12}$/).filter((name) => name !== "node_modules");
const folders = fc.array(segment, { maxLength: 4 }).map((names) => names.map((name) => `${name}/`).join(""));

describe("refuseCredentials()", () => {
  test.each([".env", ".env.production", ".ENV", "lib/.npmrc", "a/b/.pypirc", "node_modules.old/.npmrc"])(
    "refuseCredentials() refuses %s and names it",
    (path) => {
      const { code, message } = refusalOf(() => refuseCredentials(path));
      expect(code).toBe("PACKAGE_INVALID");
      expect(message).toContain(`"${path}"`);
    },
  );

  test.each(["main.py", "env", "x.env", ".environment", ".npmrc.md", ".env/notes.txt", "node_modules/left-pad/.npmrc"])(
    "refuseCredentials() lets %s pass",
    (path) => {
      expect(() => refuseCredentials(path)).not.toThrow();
    },
  );

  test("refuseCredentials() refuses the name in every folder and in capitals too", () => {
    const names = fc.constantFrom(".env", ".env.local", ".npmrc", ".pypirc");
    fc.assert(
      fc.property(folders, names, fc.boolean(), (folder, name, isUpper) => {
        const path = `${folder}${isUpper ? name.toUpperCase() : name}`;
        expect(refusalOf(() => refuseCredentials(path)).code).toBe("PACKAGE_INVALID");
      }),
    );
  });

  test("refuseCredentials() escapes control characters of a path that it names", () => {
    const { message } = refusalOf(() => refuseCredentials("a\u001b[2Jb/.env"));
    expect(message).not.toContain("\u001b");
    expect(message).toContain("/.env");
  });
});
