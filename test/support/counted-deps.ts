import { importIdentity, fromBase64 } from "@sealrun/crypto";
import { readPrivateFile, readPublicFile } from "@sealrun/key-files";
import { connectNats, type NatsLink } from "@sealrun/nats";
import { openDatabase, type Sql } from "@sealrun/postgres";
import { decode, limits, maxStepLimits, publicIdentity } from "@sealrun/protocol";
import { type Logger, pino } from "pino";
import { type Kept, openKept } from "../../packages/platform/src/cache/kept.ts";
import { openStorageKey } from "../../packages/platform/src/config.ts";
import type { Deps } from "../../packages/platform/src/deps.ts";
import { countStatements, noteStatements } from "./count-statements.ts";
import type { TestPlatform } from "./start-platform.ts";

/** What the functions of a platform need, on the servers of a running one, and the statements that they sent. */
export interface CountedDeps {
  readonly deps: Pick<
    Deps,
    "platformId" | "database" | "link" | "identity" | "keyring" | "storageKey" | "linesPerSecond" | "maxLimits" | "log"
  > & {
    readonly kept: Kept;
  };
  /** The statements since the last call, "begin" and "commit" among them. */
  readonly takeStatements: () => readonly string[];
  /** The same inside an open transaction: its own transactions become part of that one, end nothing and count nothing. */
  readonly within: (sql: Sql) => CountedDeps["deps"];
  readonly close: () => Promise<void>;
}

/** Connects to the servers of a platform beside it. */
export async function openCountedDeps({ config }: Pick<TestPlatform, "config">): Promise<CountedDeps> {
  const texts: string[] = [];
  const database = await openDatabase({ config: config.postgres, applicationName: "test" });
  const link: NatsLink = await connectNats({ ...config.nats, name: "test", inboxPrefix: "_INBOX.platform" });
  const keyring = decode(publicIdentity, await readPublicFile(config.keyringIdentityFile, "CONFIG_INVALID"));
  const log: Logger = pino({ level: "silent" });
  const counting = countStatements(database, texts);
  const kept = await openKept(counting);
  const deps = {
    kept,
    platformId: config.platformId,
    linesPerSecond: limits.outputLinesPerSecond,
    maxLimits: maxStepLimits,
    database: counting,
    link,
    identity: importIdentity(await readPrivateFile(config.identityFile, "CONFIG_INVALID")),
    keyring: { id: keyring.id, signPublic: fromBase64(keyring.signPublic) },
    storageKey: await openStorageKey(config),
    log,
  };
  return {
    deps,
    within: (sql) => {
      const noted = noteStatements(sql, texts);
      const inside: Sql = { ...sql, ...noted, last: async (last) => last() };
      return { ...deps, database: { ...database, ...inside, transaction: async (work) => work(inside) } };
    },
    takeStatements: () => texts.splice(0),
    close: async () => {
      await kept.close();
      await link.close();
      await database.close();
    },
  };
}
