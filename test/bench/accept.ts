import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { plainRun } from "../support/cost-of-runs.ts";
import { howMany } from "./bench-cluster.ts";
import { benchFolder, postgresOf, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, rateRow } from "./row.ts";

const clients = 4;
const rounds = 5;
/** Of each kind, over all rounds. */
const requests = howMany("ACCEPT_RUNS", 2_000);
const route = fileURLToPath(new URL("insert-route.ts", import.meta.url));

/**
 * Runs that a platform accepts in a second from four clients, against rows that four connections insert one by one into
 * the same PostgreSQL, and against rows that four clients insert over HTTP through a process of their own. A hold keeps
 * the runs in the queue, so that no executor draws on the cores.
 */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const database = await platform.database();
  const address = await postgresOf(folder.path);
  const connections = Array.from(
    { length: clients },
    () => new Client("url" in address ? address.url : { ...address }),
  );
  let server: ChildProcess | undefined;
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("plain", plainRun);
    await platform.sealrun(["platform", "hold"]);
    await database.run(
      "create table bench_rows (id text primary key, body json not null, at timestamptz default now())",
    );
    for (const connection of connections) await connection.connect();
    const started = await startRoute(address);
    server = started.server;
    const ways = {
      accepted: async () => void (await platform.start("plain")),
      inserted: async (client: number) => insert(connections[client]),
      routed: async () => post(`http://127.0.0.1:${started.port}/rows`),
    };
    // What only the first requests cost.
    for (const way of Object.values(ways)) await rateOf(way, 20);
    const rates = { accepted: [] as number[], inserted: [] as number[], routed: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const count = Math.ceil(requests / rounds);
      rates.inserted.push(await rateOf(ways.inserted, count));
      rates.routed.push(await rateOf(ways.routed, count));
      rates.accepted.push(await rateOf(ways.accepted, count));
    }
    const [ours, inserted, routed] = [median(rates.accepted), median(rates.inserted), median(rates.routed)];
    const what = `accepting runs over HTTP, ${clients} clients`;
    return [
      rateRow({ what: `${what}, against single-row inserts`, ours, alternative: inserted }, 0.1),
      rateRow({ what: `${what}, against a Fastify route with one insert`, ours, alternative: routed }, undefined),
    ];
  } finally {
    server?.kill();
    await Promise.all(connections.map(async (connection) => connection.end().catch(() => undefined)));
    await database.close();
    await platform.stop();
    await folder.remove();
  }
}

/** How often four clients, each one after another, do something in a second. */
async function rateOf(act: (client: number) => Promise<void>, count: number): Promise<number> {
  let left = count;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (left > 0) {
        left -= 1;
        await act(client);
      }
    }),
  );
  return (count * 1_000) / (performance.now() - begin);
}

/** About as much as a start has. */
const body = JSON.stringify({ parameters: { name: "a run that is asked for" }, priority: 5 });

async function insert(connection: Client | undefined): Promise<void> {
  const text = "insert into bench_rows (id, body) values ($1, $2)";
  await connection?.query({ name: "insert", text, values: [randomUUID(), body] });
}

async function post(url: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ id: randomUUID(), body }) });
  if (response.status !== 202) throw new TypeError(`the route answered ${response.status}: ${await response.text()}`);
  await response.text();
}

async function startRoute(address: object): Promise<{ readonly server: ChildProcess; readonly port: number }> {
  const args = [...process.execArgv, route, JSON.stringify(address)];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: unknown[] = await once(createInterface({ input: server.stdout }), "line");
  return { server, port: Number(line) };
}
