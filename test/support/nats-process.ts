import { cp, glob, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NatsCredentials } from "@sealrun/protocol";
import { connect, jwtAuthenticator, type NatsConnection } from "nats";
import { ensureNatsAccount } from "../../packages/cli/src/servers/nats-account.ts";
import { natsConfig, natsConfigText } from "../../packages/cli/src/servers/nats-config.ts";
import { startPartProcess } from "../../packages/cli/src/dev/part-process.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { freePort } from "./free-port.ts";

/** A NATS server with a store folder of its own, which a test may treat as badly as the world does. */
export interface NatsProcess {
  readonly port: number;
  /** What a part logs in with at this address; it may be a proxy's. */
  readonly login: (part: "platform" | "keyring" | "executor", url: string) => NatsCredentials;
  /** Signs executors' logins, in operator mode. */
  readonly executorSigningFile: string | undefined;
  readonly storeFolder: string;
  readonly pid: () => number | undefined;
  readonly start: (settings?: { readonly maxStoreBytes?: number }) => Promise<void>;
  readonly kill: (signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT") => Promise<void>;
  /** Empties the store of a server that does not run. */
  readonly wipe: () => Promise<void>;
  /** Takes all messages and their numbers from the store of a server that does not run, and leaves the consumers. */
  readonly loseMessages: () => Promise<void>;
  /** Copies the store away, and back; the server must not run. */
  readonly save: () => Promise<void>;
  readonly restore: () => Promise<void>;
  /** A client with full rights, the platform's in operator mode. */
  readonly connect: () => Promise<NatsConnection>;
}

/** How parts log in: with a password that all have, or each with a JWT of its own. */
export type NatsMode = "password" | "operator";

/** A server in this folder, not started yet. Its port stays the same through all its lives. */
export async function describeNats(folder: string, programs: Programs, mode: NatsMode): Promise<NatsProcess> {
  const port = await freePort();
  const url = `nats://127.0.0.1:${port}`;
  const [user, password] = ["cluster", "a-password-of-the-tests"];
  const storeFolder = join(folder, "store");
  const saved = join(folder, "saved");
  const configFile = join(folder, "nats.conf");
  await mkdir(folder, { recursive: true });
  const account = mode === "operator" ? await ensureNatsAccount(join(folder, "account"), url) : undefined;
  let running: { readonly pid: number; readonly ended: Promise<unknown> } | undefined;
  const copy = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
  };
  return {
    port,
    login: (part, at) => {
      if (account === undefined) return { url: at, user, password };
      if (part === "executor") throw new TypeError("in operator mode an executor's login comes from the keyring");
      return { ...account[part], url: at };
    },
    executorSigningFile: account?.executorSigningFile,
    storeFolder,
    pid: () => running?.pid,
    start: async ({ maxStoreBytes } = {}) => {
      const place = { host: "127.0.0.1", port, storeFolder };
      const users = { authorization: { users: [{ user, password }] } };
      const config: { jetstream: object } = JSON.parse(
        account === undefined ? natsConfigText(place, users) : natsConfig(place, account.trust),
      );
      if (maxStoreBytes !== undefined) config.jetstream = { ...config.jetstream, max_file_store: maxStoreBytes };
      await writeFile(configFile, JSON.stringify(config));
      const ready = Promise.withResolvers<void>();
      const part = await startPartProcess({
        programs,
        name: "nats",
        command: programs.natsServer,
        args: ["--config", configFile],
        environment: {},
        logFile: join(folder, "nats.log"),
        onLine: (line) => {
          if (line.includes("Server is ready")) ready.resolve();
        },
      });
      const ended = part.ended.then(() => {
        running = undefined;
        ready.reject(new TypeError(`nats-server ended; see ${folder}/nats.log`));
      });
      running = { pid: part.pid, ended };
      await ready.promise;
    },
    kill: async (signal) => {
      if (running === undefined) return;
      const { pid, ended } = running;
      process.kill(pid, signal);
      if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
    },
    wipe: async () => rm(storeFolder, { recursive: true, force: true }),
    loseMessages: async () => {
      for await (const path of glob("jetstream/*/streams/*/msgs/*", { cwd: storeFolder }))
        await rm(join(storeFolder, path));
    },
    save: async () => copy(storeFolder, saved),
    restore: async () => copy(saved, storeFolder),
    connect: async () => {
      const common = { servers: `127.0.0.1:${port}`, inboxPrefix: "_INBOX.test" };
      if (account === undefined) return connect({ ...common, user, pass: password });
      const { jwt, seed } = account.platform;
      return connect({ ...common, authenticator: jwtAuthenticator(jwt, new TextEncoder().encode(seed)) });
    },
  };
}
