import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueEnrolmentToken, revokeExecutor } from "@sealrun/keyring";
import { connectNats, onLoginRefused, readUserJwt } from "@sealrun/nats";
import { decodeEnrolmentToken, executorId, inboxPrefix, type NatsCredentials, subjects } from "@sealrun/protocol";
import { type DebugEvents, Events } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enrol } from "../../../executor/src/enrol/enrol.ts";
import { keepCredentials } from "../../../executor/src/enrol/keep-credentials.ts";
import { type ExecutorState, readState, writeState } from "../../../executor/src/enrol/state-file.ts";
import { startOperatorPlatform } from "../../support/operator-platform.ts";
import { rejectionOf } from "../../support/refusal.ts";
import type { TestPlatform } from "../../support/start-platform.ts";
import { until } from "../../support/until.ts";

const lifetimeMs = 4_000;
let platform: TestPlatform;
let folder = "";
beforeAll(async () => {
  platform = await startOperatorPlatform(lifetimeMs);
  folder = await mkdtemp(join(tmpdir(), "sealrun-test-credentials-"));
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

async function enrolled(): Promise<ExecutorState> {
  const token = await issueEnrolmentToken(platform.keyringConfig, { pool: "default", projects: "all" });
  return enrol({ ...decodeEnrolmentToken(token), url: platform.url });
}

/** A log that keeps its lines. */
function createLog(): {
  readonly lines: string[];
  readonly info: (f: object, m: string) => void;
  readonly warn: (f: object, m: string) => void;
} {
  const lines: string[] = [];
  const keep = (_: object, message: string): void => void lines.push(message);
  return { lines, info: keep, warn: keep };
}

function unexpected(error: unknown): void {
  throw error;
}

function jwtOf(nats: NatsCredentials): string {
  if ("jwt" in nats) return nats.jwt;
  throw new TypeError("expected a JWT");
}

/** The server accepts a login until the second in which it expires is over. */
async function waitUntilExpired(nats: NatsCredentials): Promise<void> {
  const end = (readUserJwt(jwtOf(nats)).expiresAt ?? 0) + 1_500;
  await until(() => (Date.now() > end ? true : undefined));
}

describe("keepCredentials()", () => {
  test("keepCredentials() keeps one client connected over several logins, with the newest in the state file", async () => {
    const state = await enrolled();
    const stateFile = join(folder, "outlives.json");
    const log = createLog();
    const kept = await keepCredentials({ state, stateFile, platformUrl: platform.url, log, onRevoked: unexpected });
    const id = executorId.parse(state.identity.id);
    const link = await connectNats({ current: kept.current, name: id, inboxPrefix: inboxPrefix(id) });
    const server = await connectNats({ ...platform.config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
    const heard: string[] = [];
    link.connection.subscribe(subjects.control(id), { callback: (_, message) => void heard.push(message.string()) });
    await link.connection.flush();
    const cuts: (Events | DebugEvents)[] = [];
    void (async () => {
      for await (const status of link.connection.status()) cuts.push(status.type);
    })();
    const first = jwtOf(kept.current());
    // The server cuts the connection when a login expires. Three times, to see that no failure counter remains.
    await until(() => (cuts.filter((type) => type === Events.Reconnect).length >= 3 ? true : undefined));
    expect(link.connection.isClosed()).toBe(false);
    expect(jwtOf(kept.current())).not.toBe(first);
    await until(() => {
      server.connection.publish(subjects.control(id), "still here");
      return heard.length > 0 ? true : undefined;
    });
    await kept.stop();
    expect((await readState(stateFile))?.nats).toEqual(kept.current());
    expect(log.lines).toEqual([]);
    await link.close();
    await server.close();
  }, 60_000);

  test("keepCredentials() starts with an expired login, and fails for a revoked executor", async () => {
    const state = await enrolled();
    await waitUntilExpired(state.nats);
    const id = executorId.parse(state.identity.id);
    const part = { name: id, inboxPrefix: inboxPrefix(id) };
    expect((await rejectionOf(connectNats({ ...state.nats, ...part }))).code).toBe("NATS_UNREACHABLE");
    const options = {
      state,
      stateFile: join(folder, "late.json"),
      platformUrl: platform.url,
      log: createLog(),
      onRevoked: unexpected,
    };
    const kept = await keepCredentials(options);
    const link = await connectNats({ current: kept.current, ...part });
    await link.close();
    await kept.stop();
    await revokeExecutor(platform.keyringConfig, id);
    expect(await rejectionOf(keepCredentials(options))).toMatchObject({ code: "NOT_ENROLLED" });
  }, 60_000);

  test("keepCredentials() says once that its executor was revoked, as soon as the server refuses its login", async () => {
    const state = await enrolled();
    const id = executorId.parse(state.identity.id);
    const told: string[] = [];
    const kept = await keepCredentials({
      state,
      stateFile: join(folder, "revoked.json"),
      platformUrl: platform.url,
      log: createLog(),
      onRevoked: ({ code }) => told.push(code),
    });
    const link = await connectNats({ current: kept.current, name: id, inboxPrefix: inboxPrefix(id) });
    onLoginRefused(link, kept.renewNow);
    await revokeExecutor(platform.keyringConfig, id);
    await until(() => told[0]);
    kept.renewNow();
    await link.connection.close();
    await kept.stop();
    expect(told).toEqual(["NOT_ENROLLED"]);
  }, 60_000);

  test("keepCredentials() uses a valid login while the platform is away, and fails with an expired one", async () => {
    const state = await enrolled();
    const stateFile = join(folder, "away.json");
    await writeState(stateFile, state);
    const log = createLog();
    const options = { state, stateFile, platformUrl: "http://127.0.0.1:9", log, onRevoked: unexpected };
    const kept = await keepCredentials(options);
    expect(kept.current()).toEqual(state.nats);
    expect(log.lines).toEqual(["The NATS login could not be renewed; retrying"]);
    await kept.stop();
    await waitUntilExpired(state.nats);
    expect(await rejectionOf(keepCredentials(options))).toMatchObject({ code: "PLATFORM_UNREACHABLE" });
  }, 60_000);
});
