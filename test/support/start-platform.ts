import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportIdentity, generateIdentity, newId, toPublicIdentity } from "@sealrun/crypto";
import { type KeyringConfig, start as startKeyring } from "@sealrun/keyring";
import { type PlatformConfig, start } from "@sealrun/platform";
import { type PlatformId, platformId } from "@sealrun/protocol";
import { pino } from "pino";
import type { PasswordNats } from "./password-nats.ts";
import { freshDatabase, startTestNats } from "./servers.ts";

/** A keyring and a platform of a test's own, on fresh databases and a NATS server of their own. */
export interface TestPlatform {
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string;
  readonly platformId: PlatformId;
  /** What the two were started with, for tests that start another one beside or look into the databases. */
  readonly config: PlatformConfig;
  readonly keyringConfig: KeyringConfig;
  /** Ends the keyring alone. */
  readonly stopKeyring: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts both; `log` hears every line of the platform's log at level trace. */
export async function startPlatform(
  log?: (line: string) => void,
  nats?: PartsNats,
  options: { readonly webFolder?: string } = {},
): Promise<TestPlatform> {
  const parts = await prepareParts(nats);
  const logger = log === undefined ? pino({ level: "silent" }) : pino({ level: "trace" }, { write: log });
  const keyring = await startKeyring(parts.keyringConfig, { log: pino({ level: "silent" }) });
  const platform = await start(parts.config, { log: logger, ...options });
  return {
    ...parts,
    url: platform.url,
    fingerprint: keyring.fingerprint,
    stopKeyring: async () => keyring.close(),
    close: async () => {
      await platform.close();
      await keyring.close();
      await parts.remove();
    },
  };
}

/** A NATS server as the parts are told of it. */
export type PartsNats = Pick<PasswordNats, "url" | "platform" | "keyring" | "executor" | "stop">;

/** Servers, keys and settings for both parts, with neither started. A given NATS server is stopped with the rest. */
export async function prepareParts(
  given?: PartsNats,
): Promise<
  Pick<TestPlatform, "token" | "platformId" | "config" | "keyringConfig"> & { readonly remove: () => Promise<void> }
> {
  const folder = await mkdtemp(join(tmpdir(), "sealrun-test-platform-"));
  const nats = given ?? (await startTestNats());
  const [main, keys] = [await freshDatabase(), await freshDatabase()];
  const id = platformId.parse(newId("platform"));
  const [own, keyring] = [generateIdentity(id), generateIdentity("keyring")];
  const token = `sr_adm_${randomBytes(32).toString("base64url")}`;
  const write = async (name: string, bytes: Uint8Array, mode = 0o600): Promise<string> => {
    await writeFile(join(folder, name), bytes, { mode });
    return join(folder, name);
  };
  const publicBytes = (identity: typeof own): Uint8Array => Buffer.from(JSON.stringify(toPublicIdentity(identity)));
  const login = ({ user, password }: { user: string; password: string }) => ({ url: nats.url, user, password });
  return {
    token,
    platformId: id,
    config: {
      platformId: id,
      postgres: main.address,
      nats: login(nats.platform),
      storageKeyFile: await write("storage.key", randomBytes(32)),
      identityFile: await write("platform.json", exportIdentity(own)),
      keyringIdentityFile: await write("keyring.public.json", publicBytes(keyring), 0o644),
      adminTokenSha256: createHash("sha256").update(token).digest("hex"),
      listen: { host: "127.0.0.1", port: 0 },
      logLevel: "info",
    },
    keyringConfig: {
      platformId: id,
      postgres: keys.address,
      nats: login(nats.keyring),
      wrappingKeyFile: await write("wrapping.key", randomBytes(32)),
      identityFile: await write("keyring.json", exportIdentity(keyring)),
      platformIdentityFile: await write("platform.public.json", publicBytes(own), 0o644),
      executorNats: login(nats.executor),
      publicUrl: "http://127.0.0.1:1",
      logLevel: "info",
    },
    remove: async () => {
      await main.drop();
      await keys.drop();
      await nats.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
