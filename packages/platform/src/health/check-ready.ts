import type { NatsLink } from "@sealrun/nats";
import type { Sql } from "@sealrun/postgres";
import { pingPostgres } from "./health-store.ts";
import { pingNats } from "./read-nats.ts";
import { withTimeout } from "./with-timeout.ts";

const maxMs = 2_000;
/** Requests within this time get the same answer, because the question needs no sign-in. */
const keptMs = 1_000;

/** Whether this platform can take requests: PostgreSQL and NATS answer it. */
export function createReady(parts: {
  readonly database: Pick<Sql, "run">;
  readonly link: { readonly connection: Pick<NatsLink["connection"], "rtt"> };
}): () => Promise<boolean> {
  const { database, link } = parts;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<boolean> = Promise.resolve(false);
  return async () => {
    if (performance.now() - lookedAt < keptMs) return answer;
    lookedAt = performance.now();
    answer = Promise.all([
      withTimeout(maxMs, async () => pingPostgres(database)),
      withTimeout(maxMs, async () => pingNats(link)),
    ]).then(
      () => true,
      () => false,
    );
    return answer;
  };
}
