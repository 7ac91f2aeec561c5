import { packageInfo, packageList } from "@sealrun/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, makePackage, plainForm, refused, send } from "../../../support/api.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => platform.close());

const at = (name: string): string => `/projects/acme/packages/${name}`;

describe("PUT …/packages/:package", () => {
  test("PUT …/packages/:package makes a package once, unlisted and absent for GET until its first push", async () => {
    const made = await makePackage(platform, "acme", "report");
    expect(made.version).toBeNull();
    expect(await ask(platform, packageInfo, ["PUT", at("REPORT")])).toEqual(made);
    expect((await ask(platform, packageList, ["GET", "/projects/acme/packages"])).packages).toEqual([]);
    for (const path of ["", "/versions", "/versions/1", "/secrets", "/secrets/key"]) {
      const answer = refused(send(platform, "GET", `${at("report")}${path}`));
      expect(await answer, path).toMatchObject({ status: 404, code: "PACKAGE_NOT_FOUND" });
    }
  });

  test("PUT …/packages/:package from 20 callers at once makes one package with one key", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, async () => makePackage(platform, "acme", "at-once")));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(new Set(made.map(({ key }) => key.body)).size).toBe(1);
  });
});

describe("GET …/packages", () => {
  test("GET …/packages lists what was pushed, and GET …/packages/:package shows it whatever the case of its name", async () => {
    const made = await makePackage(platform, "acme", "pushed");
    await send(platform, "POST", `${at("pushed")}/versions`, { body: plainForm({ "main.py": "print(1)" }) });
    const { packages } = await ask(platform, packageList, ["GET", "/projects/acme/packages"]);
    expect(packages).toMatchObject([{ id: made.id, name: "pushed", version: 1 }]);
    expect(await ask(platform, packageInfo, ["GET", at("PUSHED")])).toMatchObject({
      id: made.id,
      version: { number: 1 },
    });
  });
});
