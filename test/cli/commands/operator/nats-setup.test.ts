import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readUserJwt } from "@sealrun/nats";
import { connect, jwtAuthenticator } from "nats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { startBoundChild } from "../../../../packages/cli/src/process/bound-child.ts";
import { freePort } from "../../../support/free-port.ts";
import { programs } from "../../../support/servers.ts";
import { until } from "../../../support/until.ts";
import { newPerson, type Person } from "../../run-here.ts";

const login = z.object({ url: z.string(), jwt: z.string(), seed: z.string() });
let person: Person;
let parent = "";
beforeEach(async () => {
  person = await newPerson();
  parent = await mkdtemp(join(tmpdir(), "sealrun-test-nats-setup-"));
});
afterEach(async () => {
  await person.leave();
  await rm(parent, { recursive: true, force: true });
});

describe("sealrun nats-setup", () => {
  test("sealrun nats-setup makes a server that accepts the platform's login, and files that only their owner reads", async () => {
    const folder = join(parent, "nats");
    const url = `nats://127.0.0.1:${await freePort()}`;
    const { exitCode, stdout } = await person.run(["nats-setup", "--output", folder, "--url", url]);
    expect(exitCode).toBe(0);
    for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o077, name).toBe(0);
    const platform = login.parse(JSON.parse(await readFile(join(folder, "platform-nats.json"), "utf8")));
    const signing = z.object({ accountId: z.string(), signingSeed: z.string() });
    const executors = signing.parse(JSON.parse(await readFile(join(folder, "executor-signing.json"), "utf8")));
    const seed = executors.signingSeed;
    const { revocation } = JSON.parse(await readFile(join(folder, "executor-signing.json"), "utf8"));
    for (const secret of [revocation.operatorSigningSeed, revocation.login.seed]) expect(stdout).not.toContain(secret);
    expect(readUserJwt(platform.jwt).accountId).not.toBe(executors.accountId);
    for (const secret of [platform.seed, platform.jwt, seed]) expect(stdout).not.toContain(secret);
    expect(readUserJwt(platform.jwt).expiresAt).toBeNull();
    const { natsServer, setpriv } = programs();
    const server = startBoundChild(natsServer, ["--config", join(folder, "nats-server.conf")], {
      setpriv,
      deathSignal: "KILL",
      stopSignal: "SIGTERM",
      environment: {},
      output: 2,
    });
    const authenticator = jwtAuthenticator(platform.jwt, new TextEncoder().encode(platform.seed));
    const connection = await until(async () =>
      connect({ servers: platform.url, authenticator, inboxPrefix: "_INBOX.platform" }).catch(() => undefined),
    );
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: "EXECUTIONS", subjects: ["sealrun.executions.>"] });
    await connection.close();
    await server.stop();
  });

  test("sealrun nats-setup leaves a folder that holds something as it is", async () => {
    const folder = join(parent, "kept");
    await mkdir(folder);
    await writeFile(join(folder, "mine"), "mine");
    const { exitCode, stderr } = await person.run(["nats-setup", "--output", folder]);
    expect(exitCode).toBe(73);
    expect(stderr).toContain(folder);
    expect(await readdir(folder)).toEqual(["mine"]);
  });

  test.each(["", "127.0.0.1:4222", "http://127.0.0.1", "nats://user:word@127.0.0.1:4222"])(
    "sealrun nats-setup refuses the URL %j, and repeats no password",
    async (url) => {
      const { exitCode, stderr } = await person.run(["nats-setup", "--output", join(parent, "no"), "--url", url]);
      expect(exitCode).toBe(64);
      expect(stderr).toContain("Expected --url as nats://host:4222");
      expect(stderr).not.toContain("user:word");
      expect(await readdir(parent)).toEqual([]);
    },
  );
});
