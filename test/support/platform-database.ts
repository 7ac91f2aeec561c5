import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Database, openDatabase, postgresConfig } from "@sealrun/postgres";
import { z } from "zod";
import type { Stage } from "./stage.ts";

/** A stage's database in the hands of an attacker who owns its tables and may change what is history. */
export async function openPlatformDatabase(stage: Pick<Stage, "data">): Promise<Database> {
  const file = await readFile(join(stage.data, "platform", "config.json"), "utf8");
  const { postgres } = z.object({ postgres: postgresConfig }).parse(JSON.parse(file));
  const database = await openDatabase({ config: postgres, applicationName: "attacker" });
  await database.run("alter table secret_versions disable trigger user");
  return database;
}
