import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Database, openDatabase, type PostgresConfig, postgresConfig } from "@sealrun/postgres";
import { executionInfo, type ExecutionInfo, type LiveEvent, liveEvent, startedExecution } from "@sealrun/protocol";
import { z } from "zod";

/** `sealrun` as `npm ci` builds it: what is measured is what people start. */
const launcher = fileURLToPath(new URL("../../packages/cli/bin/sealrun.js", import.meta.url));

/** A `sealrun dev` and what a bench does with it. */
export interface BenchPlatform {
  /** From the start of the command to the ready file, in milliseconds. */
  readonly startMs: number;
  readonly url: string;
  readonly token: string;
  /** The process of `sealrun dev`. */
  readonly pid: number;
  /** Runs a command; gives its milliseconds. Throws with its output when it fails. */
  sealrun(args: readonly string[]): Promise<number>;
  /** Lays a package out and pushes it as `bench/NAME`; gives the milliseconds of the push. */
  push(name: string, files: Readonly<Record<string, string>>): Promise<number>;
  /** Asks for a run; settles when the platform has accepted it. */
  start(name: string): Promise<string>;
  /** What a client sees of an execution, as it comes, until its end. */
  watch(id: string): AsyncGenerator<LiveEvent>;
  show(id: string): Promise<ExecutionInfo>;
  /** Asks for the newest executions and reads the answer. */
  list(): Promise<void>;
  /** The main database with the platform's own rights, for looking, and for comparing with; close it. */
  database(): Promise<Database>;
  stop(): Promise<void>;
}

/** A new private folder, and how to remove it. */
export async function benchFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "sealrun-bench-"));
  return { path, remove: async () => rm(path, { recursive: true, force: true }) };
}

/** Starts a platform on `folder`, again if it was started there before. */
export async function startBenchPlatform(folder: string): Promise<BenchPlatform> {
  const env = {
    PATH: process.env["PATH"],
    HOME: join(folder, "home"),
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    NO_COLOR: "1",
  };
  const ready = join(folder, "ready.json");
  await rm(ready, { force: true });
  const begin = performance.now();
  const dev = spawn(
    process.execPath,
    [launcher, "dev", "--data", join(folder, "data"), "--port", "0", "--ready-file", ready],
    { env, stdio: ["ignore", "ignore", "pipe"] },
  );
  const [stderr, ended] = [text(dev.stderr), once(dev, "exit")];
  const { url, token } = await readReady(ready, async () => {
    if (dev.exitCode !== null) throw new TypeError(`sealrun dev ended: ${await stderr}`);
  });
  const startMs = performance.now() - begin;

  const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
  const sealrun: BenchPlatform["sealrun"] = async (args) => {
    const from = performance.now();
    const child = spawn(process.execPath, [launcher, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    const [out, errors, [code]] = await Promise.all([buffer(child.stdout), text(child.stderr), once(child, "exit")]);
    if (code !== 0) throw new TypeError(`sealrun ${args.join(" ")} ended with ${code}: ${out.toString()}${errors}`);
    return performance.now() - from;
  };
  return {
    startMs,
    url,
    token,
    pid: dev.pid ?? 0,
    sealrun,
    push: async (name, files) => {
      const package_ = join(folder, "packages", name);
      await mkdir(package_, { recursive: true });
      for (const [path, content] of Object.entries(files)) await writeFile(join(package_, path), content);
      return sealrun(["push", package_, "--project", "bench"]);
    },
    start: async (name) => {
      const response = await ask(`/projects/bench/packages/${name}/executions`, { method: "POST", body: "{}" });
      return startedExecution.parse(await response.json()).id;
    },
    watch: async function* (id) {
      const response = await ask(`/executions/${id}/events`);
      if (response.body !== null) yield* readEvents(response.body);
    },
    show: async (id) => executionInfo.parse(await (await ask(`/executions/${id}`)).json()),
    list: async () => {
      const response = await ask("/executions");
      await response.text();
      if (!response.ok) throw new TypeError(`the list was answered ${response.status}`);
    },
    database: async () => openDatabase({ config: await postgresOf(folder), applicationName: "bench" }),
    stop: async () => {
      dev.kill("SIGTERM");
      await ended;
    },
  };
}

/** How the platform of this folder reaches its database. */
export async function postgresOf(folder: string): Promise<PostgresConfig> {
  const file = await readFile(join(folder, "data", "platform", "config.json"), "utf8");
  return z.object({ postgres: postgresConfig }).parse(JSON.parse(file)).postgres;
}

async function readReady(file: string, check: () => Promise<void>): Promise<{ url: string; token: string }> {
  for (;;) {
    const found = await readFile(file, "utf8").catch(() => undefined);
    if (found !== undefined) return JSON.parse(found);
    await check();
    await sleep(5);
  }
}

/** Server-sent events, each as the protocol describes it. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<LiveEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of body) {
    const blocks = (rest + decoder.decode(part, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const kind = /^event: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (kind !== undefined && data !== undefined) yield liveEvent.parse({ kind, ...JSON.parse(data) });
    }
  }
}
