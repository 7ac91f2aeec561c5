import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { PostgresConfig } from "@sealrun/postgres";

/** What a team would build by hand; installed for the bench only, since nothing else needs its 79 packages. */
const packages = ["graphile-worker@0.18.0", "@dotenvx/dotenvx@2.38.2"] as const;

/** One job after another, each read from PostgreSQL and run as a process whose secrets dotenvx opens. */
const worker = `import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { makeWorkerUtils, run } from "graphile-worker";

const connectionString = process.env.DATABASE_URL;
let arrived;
const taskList = {
  script: () =>
    new Promise((resolve) => {
      const args = ["node_modules/@dotenvx/dotenvx/src/cli/dotenvx.js", "run", "--quiet", "--", process.execPath, "script.js"];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
      child.stdout.once("data", () => arrived(performance.now()));
      child.once("exit", resolve);
    }),
};
const runner = await run({ connectionString, taskList, concurrency: 2, pollInterval: 60_000, noHandleSignals: true });
const utils = await makeWorkerUtils({ connectionString });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const first = new Promise((resolve) => (arrived = resolve));
  await utils.addJob("script", {});
  const accepted = performance.now();
  console.log(String((await first) - accepted));
}
await runner.stop();
await utils.release();
process.exit(0);
`;

/** A queue of jobs in PostgreSQL whose worker starts each script with `dotenvx run`. */
export interface JobQueue {
  /** Milliseconds from the moment a job is accepted to the first byte that its script prints. */
  readonly untilFirstByte: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Installs and starts graphile-worker and dotenvx in `folder`, on the database; `script` is what each job runs. */
export async function startJobQueue(folder: string, database: PostgresConfig, script: string): Promise<JobQueue> {
  await mkdir(folder);
  const run = async (program: string, args: readonly string[]): Promise<void> => {
    await promisify(execFile)(program, args, { cwd: folder });
  };
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  await writeFile(join(folder, "script.js"), script);
  await writeFile(join(folder, "worker.js"), worker);
  await run("npm", ["install", "--no-audit", "--no-fund", ...packages]);
  await run(process.execPath, ["node_modules/@dotenvx/dotenvx/src/cli/dotenvx.js", "set", "DB_PASS", "canary"]);
  const child = spawn(process.execPath, ["worker.js"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], DATABASE_URL: urlOf(database) },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    // Its own lines of log go to the same stream.
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new TypeError("The worker of the job queue ended");
      if (value === "ready" || /^[0-9.]+$/.test(value)) return value;
    }
  };
  await next();
  return {
    untilFirstByte: async () => {
      child.stdin.write("\n");
      return Number(await next());
    },
    stop: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

function urlOf(config: PostgresConfig): string {
  if ("url" in config) return config.url;
  const { host, port, user, password, database } = config;
  const address = new URL(`postgres://localhost/${database}`);
  if (user !== undefined) address.username = user;
  if (password !== undefined) address.password = password;
  if (host.startsWith("/")) address.searchParams.set("host", host);
  else address.hostname = host;
  if (port !== undefined) address.port = String(port);
  return address.href;
}
