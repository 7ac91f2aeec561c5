import { writePrivate } from "../support/private-file.ts";
import { rejectionOf } from "../support/refusal.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  exportIdentity,
  fromBase64,
  generateIdentity,
  type Identity,
  newId,
  randomBytes,
  signFrame,
  toBase64,
  toPublicIdentity,
} from "@sealrun/crypto";
import { type Keyring, keyringConfig, type KeyringConfig, start } from "@sealrun/keyring";
import { call, connectNats, type NatsLink } from "@sealrun/nats";
import { type Database, openDatabase } from "@sealrun/postgres";
import {
  type AttemptRef,
  encodeJson,
  keyringSender,
  type KeyringVerb,
  platformId,
  type RpcVerb,
  subjects,
  executorId,
} from "@sealrun/protocol";
import type { z } from "zod";
import { freshDatabase, startTestNats } from "../support/servers.ts";

/** A keyring with its own database, NATS, key files, and a platform that asks it. */
export interface World {
  readonly config: KeyringConfig;
  readonly keyring: Keyring;
  readonly keyringIdentity: Identity;
  readonly platformIdentity: Identity;
  readonly link: NatsLink;
  /** The keyring's database, for looking into it. */
  readonly database: Database;
  readonly folder: string;
  readonly logged: readonly string[];
  /** One signed request of the platform. */
  readonly ask: <T>(verb: KeyringVerb, body: object, reply: z.ZodType<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** What a log gets, as text. */
export function createLog(lines: string[]): Parameters<typeof start>[1]["log"] {
  const keep = (fields: object, message: string): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { info: keep, warn: keep, error: keep };
}

/** Starts all of it on real servers. */
export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-keyring-"));
  const { address, drop } = await freshDatabase();
  const nats = await startTestNats();
  const platform = platformId.parse(newId("platform"));
  const platformIdentity = generateIdentity(platform);
  const keyringIdentity = generateIdentity(keyringSender);
  const config = keyringConfig.parse({
    platformId: platform,
    postgres: address,
    nats: { url: nats.url, ...nats.keyring },
    wrappingKeyFile: await writePrivate(folder, "wrapping.key", randomBytes(32)),
    identityFile: await writePrivate(folder, "keyring.json", exportIdentity(keyringIdentity)),
    platformIdentityFile: await writePrivate(folder, "platform.json", encodeJson(toPublicIdentity(platformIdentity))),
    executorNats: { url: nats.url, ...nats.executor },
    publicUrl: "http://127.0.0.1:4000",
  });
  const logged: string[] = [];
  const keyring = await start(config, { log: createLog(logged) });
  const database = await openDatabase({ config: address, applicationName: "test" });
  const link = await connectNats({ url: nats.url, ...nats.platform, name: "test", inboxPrefix: "_INBOX.platform" });
  return {
    config,
    keyring,
    keyringIdentity,
    platformIdentity,
    link,
    database,
    folder,
    logged,
    ask: async (verb, body, reply) =>
      (
        await call({
          link,
          identity: platformIdentity,
          peer: { id: keyringSender, signPublic: keyringIdentity.signPublic },
          subject: subjects.keyring(verb),
          kind: verb,
          body,
          reply,
          unreachable: "KEYRING_UNREACHABLE",
        })
      ).value,
    close: async () => {
      await link.close();
      await keyring.close();
      await database.close();
      await nats.stop();
      await drop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A request that an executor signs, as base64: the form in which the platform passes it on. */
export function executorFrame(
  executor: Identity,
  verb: RpcVerb,
  body: object,
  header: Partial<AttemptRef> & {
    readonly requestId?: string;
    readonly time?: number;
    readonly subject?: string;
    readonly kind?: string;
  } = {},
): string {
  const frame = signFrame(
    executor,
    {
      v: 1,
      kind: `${verb}.request`,
      subject: subjects.rpc(executorId.parse(executor.id), verb),
      sender: executor.id,
      requestId: newId("request"),
      time: Date.now(),
      ...header,
    },
    encodeJson(body),
  );
  return toBase64(frame);
}

/** The same base64 with one bit of one byte flipped. */
export function flipBit(text: string, index: number): string {
  const bytes = fromBase64(text);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return toBase64(bytes);
}

/** The code that a promise is refused with; any other end is a failure of the test. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await rejectionOf(promise)).code;
}
