import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startServers } from "../../../packages/cli/src/servers/start-servers.ts";
import { programs } from "../../support/servers.ts";

let dataFolder = "";
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "sealrun-test-servers-"));
});
afterEach(async () => {
  await rm(dataFolder, { recursive: true, force: true });
});

async function start(environment: Record<string, string>) {
  return startServers({ programs: programs(), dataFolder, environment, signal: new AbortController().signal });
}

const databases = {
  SEALRUN_POSTGRES_URL: "postgres://a:b@db.example:5432/main",
  SEALRUN_KEYRING_POSTGRES_URL: "postgres://a:b@db.example:5432/keyring",
};

describe("startServers()", () => {
  it("takes the servers that the environment names instead of its own", async () => {
    const servers = await start({ ...databases, SEALRUN_NATS_URL: "nats://user:p%40ss@bus.example:4222" });
    expect(servers.main).toEqual({ url: databases.SEALRUN_POSTGRES_URL });
    expect(servers.nats.keyring).toEqual({ url: "nats://bus.example:4222", user: "user", password: "p@ss" });
    await servers.stop();
  });

  it("refuses one database for both, and one without the other", async () => {
    const { SEALRUN_POSTGRES_URL } = databases;
    await expect(start({ SEALRUN_POSTGRES_URL })).rejects.toThrow("SEALRUN_KEYRING_POSTGRES_URL is missing");
    const same = { SEALRUN_POSTGRES_URL, SEALRUN_KEYRING_POSTGRES_URL: SEALRUN_POSTGRES_URL };
    await expect(start(same)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("names the variable of a database address that is none, without repeating it", async () => {
    await expect(start({ ...databases, SEALRUN_KEYRING_POSTGRES_URL: "pass word" })).rejects.toThrow(
      /^(?!.*pass word)SEALRUN_KEYRING_POSTGRES_URL: expected/,
    );
  });

  it("refuses a NATS address that is no URL, without repeating it", async () => {
    await expect(start({ ...databases, SEALRUN_NATS_URL: "pass word" })).rejects.toThrow(
      /^(?!.*pass word)SEALRUN_NATS_URL/,
    );
  });
});
