import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  checkPublicKey,
  frameDigest,
  fromBase64,
  generateIdentity,
  type Identity,
  importIdentity,
  newId,
  openFrame,
  openWithKey,
  pairFrame,
  pairKey,
  type PairPeer,
  readUnverifiedHeader,
  rootKeyFromBytes,
  sealWithKey,
  secretContext,
  signFrame,
  storedContext,
  type SymmetricKey,
} from "@sealrun/crypto";
import { call, type NatsLink } from "@sealrun/nats";
import type { Database } from "@sealrun/postgres";
import {
  claimReply,
  decode,
  encodeJson,
  executionEvent,
  executorId,
  type FrameHeader,
  rpcRefusal,
  subjects,
} from "@sealrun/protocol";
import type { Msg } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type AdminNats, startAdminNats } from "../support/admin-nats.ts";
import { makeGate } from "../support/gate.ts";
import { openPlatformDatabase } from "../support/platform-database.ts";
import { pidOf } from "../support/processes.ts";
import { openStage, type RunReport, type Stage } from "../support/stage.ts";
import { until } from "../support/until.ts";

let stage: Stage;
let nats: AdminNats;
let database: Database;
let platform: Identity;
let storageKey: SymmetricKey;
/** Everything that went over NATS since the start. */
const heard: Msg[] = [];

beforeAll(async () => {
  nats = await startAdminNats();
  nats.connection.subscribe("sealrun.>", { callback: (_error, message) => void heard.push(message) });
  nats.connection.subscribe("_INBOX.>", { callback: (_error, message) => void heard.push(message) });
  stage = await openStage({ env: { SEALRUN_NATS_URL: nats.url } });
  platform = importIdentity(await readFile(join(stage.data, "platform", "identity.json")));
  storageKey = rootKeyFromBytes(await readFile(join(stage.data, "platform", "storage.key")));
  for (const project of ["team", "other"]) {
    await stage.must(["project", "create", project]);
    const place = ["--scope", "project", "--project", project];
    for (const name of ["FIRST", "SECOND", "THIRD"]) {
      await stage.must(["secret", "set", name, ...place], { stdin: `${name} of ${project}` });
    }
    await stage.push(`${project}/reader`, {
      "read.ts": `import { context } from "@sealrun/sdk";
        const seen: Record<string, string> = {};
        for (const name of ["OWN_FIRST", "OWN_SECOND", "FIRST", "SECOND"]) {
          try { seen[name] = context.secrets.get(name) === null ? "missing" : "read"; }
          catch (error) { seen[name] = (error as any).code; }
        }
        context.result(seen);`,
      "secrets.json": { OWN_FIRST: `first of ${project}`, OWN_SECOND: `second of ${project}` },
    });
  }
  database = await openPlatformDatabase(stage);
});

afterAll(async () => {
  await database.close();
  await stage.close();
  await nats.close();
});

const read = { OWN_FIRST: "read", OWN_SECOND: "read", FIRST: "read", SECOND: "read" };

describe("answerRpc()", () => {
  const link = (): NatsLink => ({ connection: nats.connection, close: async () => undefined });
  const claimAs = async (identity: Identity): Promise<unknown> =>
    call({
      link: link(),
      identity,
      peer: platform,
      subject: subjects.rpc(executorId.parse(identity.id), "claim"),
      kind: "claim",
      body: { claims: [{ requestId: newId("request"), executionId: newId("execution"), generation: 1 }] },
      reply: claimReply,
      unreachable: "PLATFORM_UNREACHABLE",
    });

  test("answerRpc() refuses a claim of an executor that is not enrolled", async () => {
    await expect(claimAs(generateIdentity(newId("executor")))).rejects.toMatchObject({ code: "NOT_ENROLLED" });
  });

  test("answerRpc() refuses a claim in an enrolled executor's name that somebody else signed", async () => {
    const { identity } = z
      .object({ identity: z.object({ id: z.string() }) })
      .parse(JSON.parse(await readFile(join(stage.data, "executor", "state.json"), "utf8")));
    await expect(claimAs(generateIdentity(identity.id))).rejects.toMatchObject({ code: "BAD_SIGNATURE" });
  });

  test("answerRpc() refuses a claim that it has seen before", async () => {
    await stage.run("team/reader");
    const claim = heard.findLast(({ subject }) => subject.endsWith(".claim"));
    const reply = await nats.connection.request(claim?.subject ?? "", claim?.data, { timeout: 60_000 });
    expect(answerIn(reply.data)).toMatchObject({ ok: false, code: "REPLAYED" });
  });
});

describe("verifyEvent()", () => {
  /** Puts an event into the queue and gives the code with which the executor refuses it. */
  const offer = async (subject: string, frame: Uint8Array): Promise<string> => {
    const before = (await refusedEvents()).length;
    nats.connection.publish(subject, frame);
    return until(async () => (await refusedEvents())[before]);
  };
  const refusedEvents = async (): Promise<readonly string[]> => {
    const log = await readFile(join(stage.data, "logs", "executor.log"), "utf8");
    return log
      .split("\n")
      .flatMap((line) =>
        /An event (?:was refused|has expired)/.test(line)
          ? [z.object({ code: z.string() }).parse(JSON.parse(line)).code]
          : [],
      );
  };
  /** A finished run's event, as the platform sent it. */
  let sent: Msg;
  let finished: RunReport;
  beforeAll(async () => {
    finished = await stage.run("team/reader");
    const event = heard.findLast(({ subject }) => subject.startsWith("sealrun.executions."));
    if (event === undefined) throw new Error("no event was heard");
    sent = event;
  });

  test("workOnQueue() lets an event that comes again run nothing twice", async () => {
    expect(await offer(sent.subject, sent.data)).toBe("CLAIM_REFUSED");
    expect(await stage.show(finished.id)).toMatchObject({ status: "succeeded", attempt: 1 });
  });

  test("verifyEvent() refuses an event in which one bit was changed", async () => {
    const { subject, data } = sent;
    const changed = Buffer.from(data);
    changed.writeUInt8(changed.readUInt8(changed.length - 200) ^ 1, changed.length - 200);
    expect(await offer(subject, changed)).toBe("BAD_SIGNATURE");
  });

  test("verifyEvent() refuses an event that somebody else signed", async () => {
    const { subject, data } = sent;
    const stranger = generateIdentity(newId("platform"));
    const header = { ...readUnverifiedHeader(data), sender: stranger.id };
    expect(await offer(subject, signFrame(stranger, header, bodyOf(data)))).toBe("UNKNOWN_SENDER");
    const impostor = { ...stranger, id: platform.id };
    expect(await offer(subject, signFrame(impostor, readUnverifiedHeader(data), bodyOf(data)))).toBe("BAD_SIGNATURE");
  });

  test("verifyEvent() gives an event back that is past its expiry by its clock", async () => {
    const { subject, data } = sent;
    const event = decode(executionEvent, bodyOf(data));
    const late = encodeJson({ ...event, expiresAt: Date.now() - 1 });
    expect(await offer(subject, signFrame(platform, readUnverifiedHeader(data), late))).toBe("EXPIRED");
  });
});

describe("lookUpSecret()", () => {
  /** Runs a script that looks up FIRST, then SECOND while the platform stands still and `attacker` answers for it. */
  const attack = async (attacker: (request: Msg, oldReply: Uint8Array) => Uint8Array): Promise<RunReport> => {
    const [before, after] = [await makeGate(), await makeGate()];
    await stage.push("team/attacked", {
      "read.ts": `import { context } from "@sealrun/sdk";
        const seen: Record<string, string> = { FIRST: context.secrets.get("FIRST") === "FIRST of team" ? "read" : "wrong" };
        await fetch(${JSON.stringify(before.url)});
        try { seen.SECOND = context.secrets.get("SECOND") === null ? "missing" : "read"; }
        catch (error) { seen.SECOND = (error as any).code; }
        await fetch(${JSON.stringify(after.url)});
        seen.THIRD = context.secrets.get("THIRD") === "THIRD of team" ? "read" : "wrong";
        context.result(seen);`,
      "manifest.json": { network: "host" },
    });
    const running = stage.run("team/attacked");
    await before.arrived;
    // The answer to FIRST has been heard here too.
    await nats.connection.flush();
    const request = heard.findLast(({ subject }) => /^sealrun\.rpc\..*\.lookup$/.test(subject));
    const reply = heard.findLast(({ subject }) => subject === request?.reply);
    const pid = await pidOf(join(stage.data, "platform", "config.json"));
    process.kill(pid, "SIGSTOP");
    const failed = Promise.withResolvers<never>();
    const attackerHere = nats.connection.subscribe("sealrun.rpc.*.lookup", {
      callback: (_error, message) => {
        try {
          message.respond(attacker(message, reply?.data ?? Buffer.alloc(0)));
        } catch (error) {
          failed.reject(error);
        }
      },
    });
    await nats.connection.flush();
    before.open();
    try {
      await Promise.race([after.arrived, failed.promise]);
    } finally {
      attackerHere.unsubscribe();
      process.kill(pid, "SIGCONT");
    }
    after.open();
    const report = await running;
    await before.close();
    await after.close();
    return report;
  };

  test("lookUpSecret() refuses a reply that answered another request", async () => {
    const report = await attack((_request, oldReply) => oldReply);
    expect(report.steps[0]?.result).toEqual({ FIRST: "read", SECOND: "REPLAYED", THIRD: "read" });
  });

  test("lookUpSecret() refuses the keyring's old answer that a hostile platform proves anew", async () => {
    const proofs: (string | undefined)[] = [];
    for (const frameOf of [signFrame, pairFrameTo]) {
      const report = await attack((request, oldReply) => {
        const executor = requesterOf(request);
        const { proof, ...header } = readUnverifiedHeader(oldReply);
        proofs.push(proof);
        const { subject } = request;
        const answer = { ...header, subject, time: Date.now(), requestDigest: frameDigest(request.data) };
        return frameOf(platform, answer, bodyOf(oldReply, executor), executor);
      });
      expect(report.steps[0]?.result).toEqual({ FIRST: "read", SECOND: "WRONG_KEY_OR_CONTEXT", THIRD: "read" });
    }
    // Between parts that know each other's keys, answers to an executor are not signed.
    expect(proofs).toEqual(["pair", "pair"]);
  });
});

describe("context.secrets.get()", () => {
  interface Row {
    readonly secret_id: string;
    readonly owner_id: string;
    readonly sealed: Buffer;
  }
  const rowOf = async (project: string, name: string): Promise<Row> => {
    const row = await database.row(
      z.object({ secret_id: z.string(), owner_id: z.string(), sealed: z.instanceof(Buffer) }),
      `select v.secret_id, s.owner_id, v.sealed from secrets s join secret_versions v on v.secret_id = s.id
       where s.name = $2 and s.owner_id in (select id from projects where name = $1
         union select k.id from packages k join projects p on p.id = k.project_id where p.name = $1)`,
      [project, name],
    );
    if (row === undefined) throw new Error(`no row of ${name}`);
    return row;
  };
  const write = async (row: Row, sealed: Uint8Array): Promise<void> => {
    await database.run("update secret_versions set sealed = $2 where secret_id = $1", [row.secret_id, sealed]);
  };
  /** Exchanges what two rows hold, runs team/reader, and puts everything back. */
  const swapAndRun = async (one: readonly [string, string], two: readonly [string, string]): Promise<RunReport> => {
    const [first, second] = [await rowOf(...one), await rowOf(...two)];
    await write(first, second.sealed);
    await write(second, first.sealed);
    const report = await stage.run("team/reader");
    await write(first, first.sealed);
    await write(second, second.sealed);
    return report;
  };

  test("context.secrets.get() refuses swapped ciphertexts of two names, and reads both once they are back", async () => {
    const report = await swapAndRun(["team", "FIRST"], ["team", "SECOND"]);
    const wrong = "WRONG_KEY_OR_CONTEXT";
    expect(report.steps[0]?.result).toEqual({ ...read, FIRST: wrong, SECOND: wrong });
    expect((await stage.run("team/reader")).steps[0]?.result).toEqual(read);
  });

  test("context.secrets.get() refuses swapped ciphertexts of two projects", async () => {
    const report = await swapAndRun(["team", "FIRST"], ["other", "FIRST"]);
    expect(report.steps[0]?.result).toEqual({ ...read, FIRST: "WRONG_KEY_OR_CONTEXT" });
  });

  test("buildEvent() refuses swapped ciphertexts of two packages before anything runs", async () => {
    const report = await swapAndRun(["team", "OWN_FIRST"], ["other", "OWN_FIRST"]);
    expect(report).toMatchObject({ status: "failed", error: { code: "WRONG_KEY_OR_CONTEXT" } });
  });

  test("buildEvent() refuses swapped ciphertexts of two names of one package before anything runs", async () => {
    const report = await swapAndRun(["team", "OWN_FIRST"], ["team", "OWN_SECOND"]);
    expect(report).toMatchObject({ status: "failed", error: { code: "WRONG_KEY_OR_CONTEXT" } });
  });

  test("context.secrets.get() refuses an inner layer where the outer one belongs", async () => {
    const row = await rowOf("team", "FIRST");
    await write(row, innerOf(row, "project", "FIRST"));
    const report = await stage.run("team/reader");
    await write(row, row.sealed);
    expect(report.steps[0]?.result).toEqual({ ...read, FIRST: "WRONG_KEY_OR_CONTEXT" });
  });

  test("context.secrets.get() refuses swapped inner layers, even from an attacker who has the storage key", async () => {
    const [looked, own] = [await rowOf("team", "FIRST"), await rowOf("team", "OWN_FIRST")];
    const other = await rowOf("team", "SECOND");
    const otherOwn = await rowOf("team", "OWN_SECOND");
    await write(looked, outerOf(looked, "project", "FIRST", innerOf(other, "project", "SECOND")));
    await write(own, outerOf(own, "service", "OWN_FIRST", innerOf(otherOwn, "service", "OWN_SECOND")));
    const report = await stage.run("team/reader");
    await write(looked, looked.sealed);
    await write(own, own.sealed);
    const wrong = "WRONG_KEY_OR_CONTEXT";
    expect(report.steps[0]?.result).toEqual({ ...read, FIRST: wrong, OWN_FIRST: wrong });
  });

  test("context.secrets.get() refuses a ciphertext in which one bit was changed", async () => {
    const row = await rowOf("team", "FIRST");
    const changed = Buffer.from(row.sealed);
    changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
    await write(row, changed);
    const report = await stage.run("team/reader");
    await write(row, row.sealed);
    expect(report.steps[0]?.result).toEqual({ ...read, FIRST: "TAMPERED" });
  });

  const contextOf = (row: Row, scope: "service" | "project", name: string) =>
    storedContext(secretContext({ platformId: platform.id, scope, ownerId: row.owner_id, name }));
  const innerOf = (row: Row, scope: "service" | "project", name: string): Uint8Array =>
    openWithKey(storageKey, contextOf(row, scope, name), row.sealed);
  const outerOf = (row: Row, scope: "service" | "project", name: string, inner: Uint8Array): Uint8Array =>
    sealWithKey(storageKey, contextOf(row, scope, name), inner);
});

/** The executor that asks, with the key that it states. */
function requesterOf({ data }: Msg): PairPeer {
  const { sender, box } = readUnverifiedHeader(data);
  return { id: sender, boxPublic: checkPublicKey(fromBase64(box ?? "")) };
}

function pairFrameTo(own: Identity, header: FrameHeader, body: Uint8Array, peer: PairPeer): Uint8Array {
  return pairFrame(own, peer, header, body);
}

/** The body of a frame that is known to be the platform's; `peer` is whom it was for. */
function bodyOf(frame: Uint8Array, peer?: PairPeer): Uint8Array {
  const { kind } = readUnverifiedHeader(frame);
  return openFrame(frame, {
    findKey: () => platform.signPublic,
    findPairKey: () => (peer === undefined ? undefined : pairKey(platform, peer)),
    expect: { kind },
    now: Date.now(),
    maxAgeMs: 3_600_000,
    maxSkewMs: 60_000,
  }).body;
}

function answerIn(frame: Uint8Array): z.infer<typeof rpcRefusal> {
  return decode(rpcRefusal, bodyOf(frame));
}
