import { request } from "node:http";
import { limits, pushAnswer, secretList } from "@sealrun/protocol";
import { type Database, openDatabase } from "@sealrun/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { ask, keyOf, makePackage, refused, sealAll, send } from "../../../support/api.ts";
import { until } from "../../../support/executions-world.ts";
import { makeZip } from "../../../support/make-zip.ts";
import { startPlatform, type TestPlatform } from "../../../support/start-platform.ts";

const canary = "canary-of-the-zip";
const logged: string[] = [];
let platform: TestPlatform;
let database: Database;
beforeAll(async () => {
  platform = await startPlatform((line) => logged.push(line));
  database = await openDatabase({ config: platform.config.postgres, applicationName: "test" });
});
afterAll(async () => {
  await database.close();
  await platform.close();
});

const at = (name: string): string => `/projects/acme/packages/${name}`;
const post = (name: string, archive: Uint8Array<ArrayBuffer>, query = "") => {
  const body = new Blob([archive], { type: "application/zip" });
  return send(platform, "POST", `${at(name)}/versions${query}`, { body });
};
const zipOf = (files: Readonly<Record<string, string>>, method = 8): Buffer<ArrayBuffer> =>
  Buffer.from(makeZip(Object.entries(files).map(([name, content]) => ({ name, content, method }))));
const versionsOf = async (name: string): Promise<number> =>
  database.run("select 1 from versions v join packages p on p.id = v.package_id where p.name = $1", [name]);

describe("POST …/versions, of a zip", () => {
  test.each([
    ["stored", 0],
    ["deflated", 8],
  ])(
    "POST …/versions unpacks a %s zip, seals its secrets.json at the boundary, and the audit says so",
    async (name, method) => {
      await makePackage(platform, "acme", name);
      const archive = zipOf(
        { "report/b.py": "print(1)\n", "report/secrets.json": `{"DB_PASS": "${canary}"}`, "report/a.sh": "echo hi\n" },
        method,
      );
      const answer = await post(name, archive);
      const pushed = pushAnswer.parse(await answer.json());
      expect(pushed).toMatchObject({
        sealedAtBoundary: true,
        secrets: { stored: ["DB_PASS"] },
        version: { steps: ["b.py", "a.sh"] },
      });
      expect(pushed.version.files.map(({ path }) => path)).toEqual(["b.py", "a.sh"]);
      const file = await send(platform, "GET", `${at(name)}/versions/1/files/a.sh`);
      expect(await file.text()).toBe("echo hi\n");
      const audit = await database.row(
        z.object({ sealed: z.boolean() }),
        "select (detail->>'sealedAtBoundary')::boolean as sealed from audit where action = 'package.push' and object = $1",
        [pushed.package.id],
      );
      expect(audit).toEqual({ sealed: true });
      expect(
        await database.run("select 1 from files where position($1::bytea in bytes) > 0", [Buffer.from(canary)]),
      ).toBe(0);
      expect(logged.join("")).not.toContain(canary);
    },
  );

  test("POST …/versions refuses a zip with an entry that leads out of it, and stores nothing", async () => {
    await makePackage(platform, "acme", "refused");
    const archive = zipOf({ "main.py": "", "secrets.json": `{"DB_PASS": "${canary}"}`, "../x": "" });
    const answer = await refused(post("refused", archive));
    expect(answer).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
    expect(answer.message).toContain('"../x"');
    const bad = await refused(post("refused", zipOf({ "main.py": "", "secrets.json": `{"A": "${canary}"` })));
    expect(bad).toMatchObject({ status: 400, code: "SECRETS_FILE_INVALID" });
    expect(bad.message).not.toContain(canary);
    expect(await versionsOf("refused")).toBe(0);
  });

  test("POST …/versions asks for overwrite, which a zip says in the address", async () => {
    await makePackage(platform, "acme", "again");
    const archive = (): Buffer<ArrayBuffer> => zipOf({ "main.py": "", "secrets.json": '{"DB_PASS": "of the zip"}' });
    expect((await post("again", archive())).status).toBe(201);
    const key = await keyOf(platform, `${at("again")}/secrets`);
    const secrets = sealAll(platform, key, { DB_PASS: "of the platform" });
    await send(platform, "PUT", `${at("again")}/secrets`, { json: { secrets } });
    expect(await refused(post("again", archive()))).toMatchObject({ status: 409, code: "SECRET_CHANGED" });
    expect(await refused(post("again", archive(), "?overwrite=false"))).toMatchObject({ code: "SECRET_CHANGED" });
    expect(await refused(post("again", archive(), "?overwrite=yes"))).toMatchObject({
      status: 400,
      code: "BAD_REQUEST",
    });
    expect((await post("again", archive(), "?overwrite=true")).status).toBe(201);
    const listed = await ask(platform, secretList, ["GET", `${at("again")}/secrets`]);
    expect(listed.secrets.map(({ name, version }) => [name, version])).toEqual([["DB_PASS", 3]]);
  });

  test("POST …/versions refuses a body over the limit of a zip", async () => {
    await makePackage(platform, "acme", "large");
    const answer = await refused(post("large", new Uint8Array(limits.zipBytes + 1)));
    expect(answer).toMatchObject({ status: 400, code: "PACKAGE_INVALID" });
    expect(answer.message).toContain("at most 80 MiB");
  });

  test("POST …/versions stores nothing of a zip that was cut short", async () => {
    await makePackage(platform, "acme", "cut");
    const archive = zipOf({ "main.py": "print(1)\n" });
    const before = logged.length;
    const sending = request(`${platform.url}/api/v1${at("cut")}/versions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${platform.token}`,
        "content-type": "application/zip",
        "content-length": archive.length,
      },
    });
    const closed = new Promise((resolve) => sending.once("close", resolve));
    sending.once("error", () => undefined);
    sending.write(archive.subarray(0, -1), () => sending.destroy());
    await closed;
    await until(async () => logged.length > before);
    expect(await versionsOf("cut")).toBe(0);
    expect((await post("cut", archive)).status).toBe(201);
    expect(await versionsOf("cut")).toBe(1);
    expect(logged.slice(before).filter((line) => line.includes("A request failed"))).toEqual([]);
  });

  test("POST …/versions says what it takes when a zip comes as a form, and no other route takes one", async () => {
    await makePackage(platform, "acme", "typed");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const asForm = refused(send(platform, "POST", `${at("typed")}/versions`, { body: "PK", headers: form }));
    expect(await asForm).toMatchObject({
      status: 400,
      code: "BAD_REQUEST",
      message: expect.stringContaining("application/zip"),
    });
    const zip = { "content-type": "application/zip" };
    const elsewhere = refused(send(platform, "POST", "/projects", { body: "PK", headers: zip }));
    expect(await elsewhere).toMatchObject({ status: 400, code: "BAD_REQUEST" });
    const nobody = await fetch(`${platform.url}/api/v1${at("typed")}/versions`, {
      method: "POST",
      body: "PK",
      headers: zip,
    });
    expect(nobody.status).toBe(401);
  });
});
