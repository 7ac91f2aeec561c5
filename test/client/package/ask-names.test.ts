import { packageInfo, type PackageInfo, SealrunError, type SecretInfo } from "@sealrun/protocol";
import { describe, expect, test } from "vitest";
import type { SecretPlace } from "../../../packages/client/src/calls/secrets.ts";
import { askNames } from "../../../packages/client/src/package/ask-names.ts";
import { rejectionOf } from "../../support/refusal.ts";

const pushedAt = "2026-02-01T00:00:00.000Z";
const later = "2026-02-01T00:00:00.001Z";

const pushed: PackageInfo = packageInfo.parse({
  id: "pkg_0123456789abcdefghij",
  name: "report",
  project: { id: "prj_0123456789abcdefghij", name: "sales" },
  createdAt: "2026-01-01T00:00:00.000Z",
  key: { body: "", signature: "" },
  version: {
    id: "ver_0123456789abcdefghij",
    number: 7,
    digest: "0".repeat(64),
    createdAt: pushedAt,
    files: [],
    steps: [],
    manifest: {},
    parameters: null,
  },
});

function secret(name: string, fields: Partial<SecretInfo> = {}): SecretInfo {
  return { name, scope: "service", version: 1, author: "admin", source: "push", updatedAt: pushedAt, ...fields };
}

interface Given {
  readonly info?: PackageInfo | Error;
  readonly platform?: readonly SecretInfo[];
  readonly project?: readonly SecretInfo[];
  readonly service?: readonly SecretInfo[] | Error;
}

/** A platform that has these names; `asked` lists the places that it was asked for. */
function platformOf({ info = pushed, platform = [], project = [], service = [] }: Given) {
  const asked: SecretPlace[] = [];
  const orThrow = <T>(value: T | Error): T => {
    if (value instanceof Error) throw value;
    return value;
  };
  const answers = { platform, project, service };
  return {
    asked,
    getPackage: async () => orThrow(info),
    listSecrets: async (place: SecretPlace) => {
      asked.push(place);
      return orThrow(answers[place.scope]);
    },
  };
}

const target = (...own: readonly string[]) => ({ project: "sales", name: "report", ownNames: new Set(own) });

describe("askNames()", () => {
  test("askNames() gives the names of all three scopes with their versions, and the package's newest version", async () => {
    const client = platformOf({
      platform: [secret("A", { scope: "platform", version: 3 })],
      project: [secret("A", { scope: "project", version: 2 }), secret("__proto__", { scope: "project" })],
      service: [secret("B", { version: 5 })],
    });
    const { stored, version, changed } = await askNames(client, target("A"));
    expect([stored.get("platform"), stored.get("project"), stored.get("service")]).toEqual([
      new Map([["A", 3]]),
      new Map([
        ["A", 2],
        ["__proto__", 1],
      ]),
      new Map([["B", 5]]),
    ]);
    expect([version, changed]).toEqual([7, []]);
  });

  test("askNames() asks for the secrets of this project and this package only", async () => {
    const client = platformOf({});
    await askNames(client, target());
    expect(client.asked).toEqual([
      { scope: "platform" },
      { scope: "project", project: "sales" },
      { scope: "service", project: "sales", package: "report" },
    ]);
  });

  test("askNames() takes a package that does not exist for one without names", async () => {
    const info = new SealrunError("PACKAGE_NOT_FOUND", "");
    const client = platformOf({ info, platform: [secret("A")], service: [secret("B")] });
    const { stored, version, changed } = await askNames(client, target("A", "B"));
    expect([stored.get("platform")?.size, stored.get("service")?.size, version, changed]).toEqual([1, 0, null, []]);
    expect(client.asked.map(({ scope }) => scope)).not.toContain("service");
  });

  test("askNames() takes a package that is deleted between its two calls for one without names", async () => {
    const client = platformOf({ service: new SealrunError("PACKAGE_NOT_FOUND", "") });
    expect(await askNames(client, target("A"))).toMatchObject({ version: null, changed: [] });
  });

  test("askNames() finds names but no change in a package that was never pushed", async () => {
    const info = { ...pushed, version: null };
    const client = platformOf({ info, service: [secret("A", { source: "set", updatedAt: later })] });
    const { stored, version, changed } = await askNames(client, target("A"));
    expect([stored.get("service"), version, changed]).toEqual([new Map([["A", 1]]), null, []]);
  });

  test.each(["PROJECT_NOT_FOUND", "UNAUTHENTICATED"] as const)("askNames() passes %s on", async (code) => {
    const client = platformOf({ info: new SealrunError(code, "") });
    expect((await rejectionOf(askNames(client, target()))).code).toBe(code);
  });

  test("askNames() passes on an error of another kind, whatever code it carries", async () => {
    const info = Object.assign(new TypeError("broken"), { code: "PACKAGE_NOT_FOUND" });
    await expect(askNames(platformOf({ info }), target())).rejects.toThrow("broken");
  });
});

describe("askNames(), of secrets that a push would replace", () => {
  const changedIn = async (service: readonly SecretInfo[], ...own: readonly string[]) =>
    (await askNames(platformOf({ service }), target(...own))).changed.map(({ name }) => name);

  test.each([
    ["set", later, true],
    ["import", later, true],
    ["script", later, true],
    ["push", later, false],
    ["boundary", later, false],
    [undefined, later, false],
    ["set", pushedAt, false],
    ["script", "2026-01-31T23:59:59.999Z", false],
  ] as const)("askNames() judges the source %s, set at %s: changed is %s", async (source, updatedAt, isChanged) => {
    expect(await changedIn([secret("A", { source, updatedAt })], "A")).toEqual(isChanged ? ["A"] : []);
  });

  test("askNames() calls only names changed that the push brings along", async () => {
    const fields = { source: "set", updatedAt: later } as const;
    expect(await changedIn([secret("A", fields), secret("B", fields)], "B", "C")).toEqual(["B"]);
  });

  test("askNames() does not call a secret of the project changed: a push leaves it as it is", async () => {
    const project = [secret("A", { scope: "project", source: "set", updatedAt: later })];
    expect((await askNames(platformOf({ project }), target("A"))).changed).toEqual([]);
  });
});
