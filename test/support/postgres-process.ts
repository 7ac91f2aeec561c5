import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DatabaseAddress, type Postgres, startPostgres } from "../../packages/cli/src/servers/postgres.ts";
import type { Programs } from "../../packages/cli/src/setup/find-programs.ts";
import { type Clock, noClock } from "./clock.ts";
import { descendantsOf, stillAlive } from "./processes.ts";
import { until } from "./until.ts";

/** A PostgreSQL server of one's own with the two databases, durable as a real one. */
export interface PostgresProcess {
  readonly folder: string;
  readonly addresses: () => Pick<Postgres, "main" | "keyring"> & { readonly superuser: DatabaseAddress };
  readonly isRunning: () => boolean;
  readonly start: () => Promise<void>;
  /** Ends it as an administrator would. */
  readonly stop: () => Promise<void>;
  /** Kills the whole server, as the kernel does when memory runs out. */
  readonly kill: () => Promise<void>;
  /** Sets the clock of the whole server, at once and over its restarts. */
  readonly setClock: (offsetMs: number) => Promise<void>;
}

/** A server in this folder, not started yet; its first start makes the cluster. */
export function describePostgres(folder: string, programs: Programs, clock?: Clock): PostgresProcess {
  const { postgres } = programs;
  const clocked = {
    ...programs,
    postgres: { ...postgres, environment: { ...postgres.environment, ...clock?.environment } },
  };
  let running: Postgres | undefined;
  let last: ReturnType<PostgresProcess["addresses"]> | undefined;
  /** Ends the server and waits for its workers too: a server does not start while one of them still holds the shared memory. */
  const end = async (how: (server: Postgres, postmaster: number) => Promise<unknown>): Promise<void> => {
    if (running === undefined) return;
    const file = await readFile(join(folder, "postgres", "cluster", "postmaster.pid"), "utf8").catch(() => "");
    const postmaster = Number.parseInt(file, 10);
    const workers = await descendantsOf(postmaster);
    await how(running, postmaster);
    await until(async () => ((await stillAlive(workers)).length === 0 ? true : undefined));
    running = undefined;
  };
  return {
    folder,
    addresses: () => {
      if (last === undefined) throw new TypeError("PostgreSQL was never started");
      return last;
    },
    isRunning: () => running !== undefined,
    start: async () => {
      running = await startPostgres({ programs: clocked, dataFolder: folder, keepSuperuser: true });
      const { main, keyring, superuser } = running;
      if (superuser === undefined) throw new TypeError("the cluster has no superuser");
      last = { main, keyring, superuser };
    },
    // On a slow disk a clean stop takes longer than the few seconds after which its postmaster is killed.
    stop: async () => end(async (server) => server.stop()),
    kill: async () =>
      end(async (server, postmaster) => {
        process.kill(postmaster, "SIGKILL");
        await server.ended;
      }),
    setClock: clock?.set ?? noClock,
  };
}
