import { hostname } from "node:os";
import { describeOldServer } from "@sealrun/nats";
import { aheadBy, type HealthCheck, type PlatformHealth, toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { readClock } from "../executions/store.ts";
import { explainWaiting } from "../overview/waiting.ts";
import { findWaitingFacts } from "../overview/waiting-store.ts";
import { watchClock } from "../sweep/watch-clock.ts";
import { findHold } from "../hold/store.ts";
import {
  countExecutors,
  describeServer,
  isNatsFull,
  listEmptyPools,
  listUnfit,
  pingPostgres,
  type QueueFacts,
  readQueue,
  readSchedules,
} from "./health-store.ts";
import type { Audit } from "../audit/audit.ts";
import {
  bad,
  good,
  type Judged,
  judgeClock,
  judgeExecutors,
  judgeHold,
  judgeQueue,
  judgeSchedules,
  judgeServer,
  judgeStreams,
} from "./judge.ts";
import { judgeAudit } from "./judge-audit.ts";
import { pingKeyring } from "../keyring/ping-keyring.ts";
import { pingNats, readNatsStorage } from "./read-nats.ts";
import { readSizes } from "./table-sizes.ts";
import { withTimeout } from "./with-timeout.ts";

const maxMs = 5_000;

type HealthDeps = Pick<Deps, "database" | "link" | "identity" | "keyring"> & { readonly audit: Pick<Audit, "look"> };

/**
 * Checks everything that a platform depends on. Each call asks all parts again, at once, for at most five seconds each;
 * a part that does not answer is a finding, never a failure.
 */
export function createHealth(deps: HealthDeps): () => Promise<Omit<PlatformHealth, "platform">> {
  const { database, link } = deps;
  const readLeap = watchClock(async () => readClock(database));
  return async () => {
    const server = shared(async () => describeServer(database));
    const queue = shared(async () => readQueue(database));
    const tables = shared(async () => readSizes(deps));
    const storage = shared(async () => readNatsStorage(link));
    const checks = await Promise.all([
      timed("postgres", async () => pingPostgres(database).then(() => good("PostgreSQL answers"))),
      timed("nats", async () => {
        await pingNats(link);
        return judgeServer(describeOldServer(link), link.connection.getServer());
      }),
      timed("streams", async () => judgeStreams(await storage, await isNatsFull(database))),
      timed("keyring", async () => pingKeyring(deps, maxMs).then(() => good("The keyring answers"))),
      check("executors", async () => {
        const { queued } = await queue;
        const [counts, unfit, empty] = await Promise.all([
          countExecutors(database),
          listUnfit(database),
          listEmptyPools(database),
        ]);
        return judgeExecutors({ ...counts, unfit, empty, queued });
      }),
      check("queue", async () => checkQueue(deps, await queue)),
      check("schedules", async () => judgeSchedules(await readSchedules(database))),
      check("hold", async () => judgeHold(await findHold(database))),
      check("clock", async () =>
        judgeClock({ leptMs: await readLeap(), skewMs: await readSkew(deps), host: hostname() }),
      ),
      check("audit", async () => judgeAudit(await deps.audit.look(), new Date())),
    ]);
    const found = await storage.catch(() => null);
    return {
      checkedAt: new Date().toISOString(),
      checks,
      postgres: await server.catch(() => null),
      nats: found === null ? null : { version: link.connection.info?.version ?? "", streams: [...found.streams] },
      queue: await queue.catch(() => null),
      tables: await tables.catch(() => null),
    };
  };
}

/** Starts a query whose answer several checks await; each of them handles its failure. */
async function shared<T>(work: () => Promise<T>): Promise<T> {
  const answer = withTimeout(maxMs, work);
  answer.catch(() => undefined);
  return answer;
}

async function timed(name: HealthCheck["name"], work: () => Promise<Judged>): Promise<HealthCheck> {
  const startedAt = performance.now();
  const found = await check(name, work);
  return { ...found, latencyMs: found.state === "bad" ? null : performance.now() - startedAt };
}

async function check(name: HealthCheck["name"], work: () => Promise<Judged>): Promise<HealthCheck> {
  try {
    return { name, ...(await withTimeout(maxMs, work)), latencyMs: null };
  } catch (error) {
    return { name, ...bad(toSealrunError(error).message), latencyMs: null };
  }
}

async function checkQueue(
  { database }: Pick<HealthDeps, "database">,
  { queued, oldestDue }: QueueFacts,
): Promise<Judged> {
  if (oldestDue === null) return judgeQueue(queued, null);
  const [facts] = await findWaitingFacts(database, [oldestDue.id]);
  return judgeQueue(queued, { ...oldestDue, waiting: facts === undefined ? null : explainWaiting(facts) });
}

/** The least that PostgreSQL's clock is ahead, in ms; negative when it is behind, 0 when it may be equal. */
async function readSkew({ database }: Pick<HealthDeps, "database">): Promise<number> {
  const askedAt = Date.now();
  const clock = await readClock(database);
  return aheadBy(clock, { askedAt, answeredAt: Date.now() });
}
