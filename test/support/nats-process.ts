import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { startPart } from "../../packages/cli/src/dev/processes.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { freePort } from "./free-port.ts";

/** A NATS server with a store folder of its own, which a test may treat as badly as the world does. */
export interface NatsProcess {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly storeFolder: string;
  readonly pid: () => number | undefined;
  readonly start: (settings?: { readonly maxStoreBytes?: number }) => Promise<void>;
  readonly kill: (signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT") => Promise<void>;
  /** Empties the store of a server that does not run. */
  readonly wipe: () => Promise<void>;
  /** Copies the store away, and back; the server must not run. */
  readonly save: () => Promise<void>;
  readonly restore: () => Promise<void>;
  /** A client with full rights. */
  readonly connect: () => Promise<NatsConnection>;
}

/** A server in this folder, not started yet. Its port stays the same through all its lives. */
export async function describeNats(folder: string, programs: Programs): Promise<NatsProcess> {
  const port = await freePort();
  const [user, password] = ["cluster", "a-password-of-the-tests"];
  const storeFolder = join(folder, "store");
  const saved = join(folder, "saved");
  const configFile = join(folder, "nats.conf");
  await mkdir(folder, { recursive: true });
  let running: { readonly pid: number; readonly ended: Promise<unknown> } | undefined;
  const copy = async (from: string, to: string): Promise<void> => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
  };
  return {
    port,
    user,
    password,
    storeFolder,
    pid: () => running?.pid,
    start: async ({ maxStoreBytes } = {}) => {
      const room = maxStoreBytes === undefined ? {} : { max_file_store: maxStoreBytes };
      const config = {
        host: "127.0.0.1",
        port,
        server_name: "cluster",
        jetstream: { store_dir: storeFolder, ...room },
        authorization: { users: [{ user, password }] },
      };
      await writeFile(configFile, JSON.stringify(config));
      const ready = Promise.withResolvers<void>();
      const part = await startPart({
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
    save: async () => copy(storeFolder, saved),
    restore: async () => copy(saved, storeFolder),
    connect: async () => connect({ servers: `127.0.0.1:${port}`, user, pass: password, inboxPrefix: "_INBOX.test" }),
  };
}
