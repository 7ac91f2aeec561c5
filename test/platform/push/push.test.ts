import { createHash } from "node:crypto";
import { fromBase64, importIdentity } from "@sealrun/crypto";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { type Database, openDatabase } from "@sealrun/postgres";
import { decode, inboxPrefix, maxStepLimits, packageName, projectName, publicIdentity } from "@sealrun/protocol";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { push, type PushTarget } from "../../../packages/platform/src/push/push.ts";
import { findPackage } from "../../../packages/platform/src/packages/store.ts";
import { getProject } from "../../../packages/platform/src/projects/store.ts";
import { readRootKey } from "@sealrun/key-files";
import { makePackage } from "../../support/api.ts";
import { enrolPeer } from "../../support/executor-peer.ts";
import { startPlatform, type TestPlatform } from "../../support/start-platform.ts";

let platform: TestPlatform;
let database: Database;
let link: NatsLink;
let target: PushTarget;
beforeAll(async () => {
  platform = await startPlatform();
  const { config } = platform;
  database = await openDatabase({ config: config.postgres, applicationName: "test" });
  link = await connectNats({ ...config.nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  await makePackage(platform, "acme", "report");
  const project = await getProject(database, projectName.parse("acme"));
  const found = await findPackage(database, project.id, packageName.parse("report"));
  if (found === undefined) throw new TypeError("Expected the package");
  target = { project, package: found, requester: { name: "admin", requestId: "req_test" } };
});
afterAll(async () => {
  await link.close();
  await database.close();
  await platform.close();
});

const depsOf = async () => {
  const { config } = platform;
  const keyring = decode(publicIdentity, await readFile(config.keyringIdentityFile));
  return {
    platformId: platform.platformId,
    database,
    link,
    identity: importIdentity(await readFile(config.identityFile)),
    keyring: { id: keyring.id, signPublic: fromBase64(keyring.signPublic) },
    storageKey: await readRootKey(config.storageKeyFile ?? ""),
    maxLimits: maxStepLimits,
  };
};
const file = (path: string, text: string) => {
  const bytes = Buffer.from(text);
  return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), executable: false };
};
const upload = (script: string, secrets: string) => {
  const files = [file(script, "print(1)")];
  return { announced: undefined, overwrite: false, files, secretsFile: Uint8Array.from(Buffer.from(secrets)) };
};

describe("push()", () => {
  test.each([
    ["it is stored", upload("main.py", '{"A": "s3cret"}'), undefined],
    ["the package is refused", upload("main.rb", '{"A": "s3cret"}'), "PACKAGE_INVALID"],
    ["secrets.json is refused", upload("main.py", '{"A": "s3cret", "A": 1}'), "SECRETS_FILE_INVALID"],
  ])("push() wipes a plain secrets.json when %s", async (_when, given, code) => {
    const pushing = push(await depsOf(), target, given);
    if (code === undefined) expect(await pushing).toMatchObject({ stored: ["A"], sealedAtBoundary: true });
    else await expect(pushing).rejects.toMatchObject({ code });
    expect(given.secretsFile.every((byte) => byte === 0)).toBe(true);
  });

  test("push() refuses a network that no live executor of the pool enforces, and stores nothing", async () => {
    const manifest = file("manifest.json", '{"network": "none", "pool": "closed"}');
    const given = () => ({ ...upload("main.py", "{}"), files: [file("main.py", "print(1)"), manifest] });
    expect(await push(await depsOf(), target, given())).toMatchObject({ stored: [] });
    const plain = await enrolPeer(platform, { pool: "closed" });
    await plain.rpc.presence({ slots: 1, running: 0, draining: false });
    const before = await findPackage(database, target.project.id, target.package.name);
    await expect(push(await depsOf(), target, given())).rejects.toMatchObject({
      code: "NETWORK_NOT_ENFORCED",
      message: expect.stringMatching(
        /^No executor of pool closed enforces the network "none" of manifest\.json; start/,
      ),
    });
    expect(await findPackage(database, target.project.id, target.package.name)).toEqual(before);
    const strict = await enrolPeer(platform, { pool: "Closed", networkForms: ["host", "none"] });
    await strict.rpc.presence({ slots: 1, running: 0, draining: false, networkForms: ["host", "none"] });
    expect(await push(await depsOf(), target, given())).toMatchObject({ stored: [] });
    await plain.close();
    await strict.close();
  });

  test("push() refuses a package that would have the machine's network where the project requires another", async () => {
    const strict = { ...target, project: { ...target.project, requireNetwork: true } };
    const given = (manifest: string) => ({
      ...upload("main.py", "{}"),
      files: [file("main.py", "print(1)"), file("manifest.json", manifest)],
    });
    const weak = await enrolPeer(platform, { pool: "weak", networkForms: ["host", "none"] });
    await weak.rpc.presence({ slots: 1, running: 0, draining: false, networkForms: ["host", "none"] });
    await expect(push(await depsOf(), strict, given('{"network":"host","pool":"nobody"}'))).rejects.toMatchObject({
      code: "NETWORK_NOT_ENFORCED",
      message: expect.stringContaining("gives no script the network"),
    });
    await expect(push(await depsOf(), strict, given('{"pool":"weak"}'))).rejects.toMatchObject({
      code: "NETWORK_NOT_ENFORCED",
      message: expect.stringContaining("where requireNetwork is set"),
    });
    expect(await push(await depsOf(), target, given('{"pool":"weak"}'))).toMatchObject({ stored: [] });
    expect(await push(await depsOf(), strict, given('{"network":"none","pool":"weak"}'))).toMatchObject({ stored: [] });
    await weak.close();
  });

  test("push() leaves nothing behind when the database refuses its last statement", async () => {
    await database.run("alter table audit add constraint no_push check (action <> 'package.push') not valid");
    const before = await findPackage(database, target.project.id, target.package.name);
    await expect(push(await depsOf(), target, upload("main.py", '{"NEW": 1}'))).rejects.toThrow("no_push");
    expect(await findPackage(database, target.project.id, target.package.name)).toEqual(before);
    expect(await database.run("select 1 from secrets where name = 'NEW'")).toBe(0);
    await database.run("alter table audit drop constraint no_push");
  });
});
