import { createHash, randomBytes } from "node:crypto";
import { newId } from "@sealrun/crypto";
import { start } from "@sealrun/platform";
import { startedExecution } from "@sealrun/protocol";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, refused, send } from "../../support/api.ts";
import { breakListening } from "../../support/break-listening.ts";
import { codeOf, type ExecutionsWorld, startExecutionsWorld, until } from "../../support/executions-world.ts";
import { enrolPeer } from "../../support/executor-peer.ts";

let world: ExecutionsWorld;
/** Another platform on the same database. */
let other: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  world = await startExecutionsWorld();
  const config = { ...world.platform.config, listen: { host: "127.0.0.1", port: 0 } };
  other = await start(config, { log: pino({ level: "silent" }) });
});
afterAll(async () => {
  await other.close();
  await world.close();
});

/** "Within 5 s", with some time for a loaded machine. */
const soonMs = 6_000;
const url = "/projects/acme/packages/report/executions";
const versionStartedOn = async (base: string): Promise<number> => {
  const { id } = await ask({ ...world.platform, url: base }, startedExecution, ["POST", url, {}]);
  return (await world.show(id)).version;
};
/** Stores a token as the installation's second one. */
const addToken = async (): Promise<string> => {
  const text = `sr_adm_${randomBytes(32).toString("base64url")}`;
  const sha256 = createHash("sha256").update(text).digest();
  await world.database.run("insert into tokens (id, name, sha256) values ($1, $2, $3)", [
    newId("token"),
    `second-${text.slice(7, 17)}`,
    sha256,
  ]);
  return text;
};
const listWith = async (token: string): Promise<number> =>
  (await send({ ...world.platform, token }, "GET", "/projects", {})).status;
const msUntil = async (isTrue: () => Promise<boolean>): Promise<number> => {
  const since = performance.now();
  await until(isTrue);
  return performance.now() - since;
};

describe("openKept()", () => {
  test("openKept() starts the version that was pushed through the same platform just before", async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      const before = await versionStartedOn(world.platform.url);
      await world.push("report");
      expect(await versionStartedOn(world.platform.url)).toBe(before + 1);
    }
  });

  test("openKept() starts a version that was pushed through another platform", async () => {
    const before = await versionStartedOn(other.url);
    await world.push("report");
    expect(await msUntil(async () => (await versionStartedOn(other.url)) === before + 1)).toBeLessThan(soonMs);
  });

  test("openKept() refuses a removed token within 5 s, also when nothing is heard", async () => {
    for (const isHearing of [true, false]) {
      const token = await addToken();
      expect([await listWith(token), await listWith(token)]).toEqual([200, 200]);
      await world.database.transaction(async (sql) => {
        await sql.run("delete from tokens where sha256 = $1", [createHash("sha256").update(token).digest()]);
        if (!isHearing) expect(await breakListening(world.database)).toBeGreaterThan(0);
      });
      expect(await msUntil(async () => (await listWith(token)) === 401)).toBeLessThan(soonMs);
    }
  });

  test("openKept() refuses a revoked executor within 5 s", async () => {
    const peer = await enrolPeer(world.platform);
    const said = { slots: 1, running: 0, draining: false };
    await peer.rpc.presence(said);
    await world.database.run("update executors set revoked_at = clock_timestamp(), slots = 0 where id = $1", [
      peer.state.identity.id,
    ]);
    // Either platform may answer.
    const codes = async (): Promise<readonly string[]> =>
      Promise.all(Array.from({ length: 8 }, async () => codeOf(peer.rpc.presence(said)).catch(() => "answered")));
    expect(await msUntil(async () => (await codes()).every((code) => code === "NOT_ENROLLED"))).toBeLessThan(soonMs);
    await peer.close();
  });

  test("openKept() keeps neither a missing project nor a missing package", async () => {
    const path = "/projects/later/packages/late/executions";
    expect(await refused(send(world.platform, "POST", path, { json: {} }))).toMatchObject({
      code: "PROJECT_NOT_FOUND",
    });
    await send(world.platform, "POST", "/projects", { json: { name: "later" } });
    expect(await refused(send(world.platform, "POST", path, { json: {} }))).toMatchObject({
      code: "PACKAGE_NOT_FOUND",
    });
  });
});
