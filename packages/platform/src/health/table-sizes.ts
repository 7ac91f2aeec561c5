import { createRounds, readTableSizes, type TableSize } from "@sealrun/postgres";
import { type PlatformHealth, toSealrunError } from "@sealrun/protocol";
import type { Deps } from "../deps.ts";
import { askSizes } from "../keyring/ask-sizes.ts";
import { growthPerDay } from "./growth.ts";
import { type DatabaseName, isSizeDue, keepSizes, listEarlierSizes } from "./table-sizes-store.ts";

const everyMs = 3_600_000;
const answerMs = 5_000;

type SizeDeps = Pick<Deps, "database" | "link" | "identity" | "keyring">;

/** The sizes of all tables with their growth, the largest first; without those of a keyring that does not answer. */
export async function readSizes(deps: SizeDeps): Promise<NonNullable<PlatformHealth["tables"]>> {
  const [own, keyring, earlier] = await Promise.all([
    readTableSizes(deps.database),
    askSizes(deps, answerMs - 1_000).catch(() => []),
    listEarlierSizes(deps.database),
  ]);
  const atMs = Date.now();
  const describe = (database: DatabaseName, { name, bytes, rows }: TableSize) => {
    const before = earlier.find((row) => row.database === database && row.name === name);
    return { database, name, bytes, rows, ...growthPerDay(before, { bytes, rows, atMs }) };
  };
  return [
    ...own.map((size) => describe("platform", size)),
    ...keyring.map((size) => describe("keyring", size)),
  ].toSorted((left, right) => right.bytes - left.bytes);
}

/** Measures all tables once a day, by looking every hour whether it is time, until closed. */
export function measureDaily(deps: SizeDeps & Pick<Deps, "log">): () => Promise<void> {
  const rounds = createRounds(async () => {
    try {
      await measureOne(deps, "platform", async () => readTableSizes(deps.database));
      await measureOne(deps, "keyring", async () => askSizes(deps, answerMs));
    } catch (error) {
      const { code } = toSealrunError(error);
      deps.log.warn({ code }, "The sizes of the tables could not be measured; trying again in an hour");
    }
    return everyMs;
  });
  rounds.ring();
  return rounds.close;
}

async function measureOne(
  { database: sql }: Pick<Deps, "database">,
  database: DatabaseName,
  read: () => Promise<readonly TableSize[]>,
): Promise<void> {
  if (await isSizeDue(sql, database)) await keepSizes(sql, database, await read());
}
