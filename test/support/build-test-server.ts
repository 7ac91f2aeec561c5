import { generateIdentity } from "@sealrun/crypto";
import { readRootKey } from "@sealrun/key-files";
import { connectNats } from "@sealrun/nats";
import { type Fitness, openDatabase, watchFitness } from "@sealrun/postgres";
import { inboxPrefix, limits, maxStepLimits } from "@sealrun/protocol";
import { pino } from "pino";
import { startAudit } from "../../packages/platform/src/audit/audit.ts";
import { openKept } from "../../packages/platform/src/cache/kept.ts";
import { openChangeNotices } from "../../packages/platform/src/live/change-notices.ts";
import { openFeedNotices } from "../../packages/platform/src/live/feed-notices.ts";
import { hearReports } from "../../packages/platform/src/reports/hear-reports.ts";
import { buildServer } from "../../packages/platform/src/http/server.ts";
import type { TestPlatform } from "./start-platform.ts";

/** A second HTTP server on a test's platform, not listening, with keys of its own: for looking at its routes. */
export async function buildTestServer(
  { config }: Pick<TestPlatform, "config">,
  clock: Partial<Pick<Fitness, "clockFault">> = {},
): Promise<{
  readonly app: Awaited<ReturnType<typeof buildServer>>;
  readonly close: () => Promise<void>;
}> {
  const database = await openDatabase({ config: config.postgres, applicationName: "test" });
  const log = pino({ level: "silent" });
  const fitness = watchFitness(database, log);
  const link = await connectNats({ ...config.nats, name: "test", inboxPrefix: inboxPrefix("platform") });
  const identity = generateIdentity(config.platformId);
  const notices = await openFeedNotices(database);
  const changes = await openChangeNotices(database, notices);
  const kept = await openKept(database);
  const storageKey = await readRootKey(config.storageKeyFile ?? "");
  const audit = await startAudit({ database, storageKey, log }, undefined);
  const app = await buildServer({
    platformId: config.platformId,
    database,
    fitness: { ...fitness, ...clock },
    link,
    identity,
    keyring: { id: "keyring", signPublic: identity.signPublic },
    storageKey,
    linesPerSecond: limits.outputLinesPerSecond,
    maxLimits: maxStepLimits,
    log,
    notices,
    lines: hearReports({ link, identity, kept, log }),
    changes,
    audit,
    kept,
  });
  const close = async (): Promise<void> => {
    await app.close();
    await audit.close();
    await kept.close();
    await changes.close();
    await notices.close();
    await link.close();
    await fitness.close();
    await database.close();
  };
  return { app, close };
}
