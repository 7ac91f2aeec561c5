import type { Sql } from "@sealrun/postgres";
import { z } from "zod";
import { bytesColumn } from "../bytes-column.ts";

const checkRow = z.object({ value: bytesColumn });

/** Writes the check value unless one exists. */
export async function addCheckValue(sql: Sql, value: Uint8Array): Promise<void> {
  await sql.run("insert into root_key_check (value) values ($1) on conflict do nothing", [value]);
}

/** The check value, or undefined in a database without one. */
export async function findCheckValue(sql: Sql): Promise<Uint8Array | undefined> {
  return (await sql.row(checkRow, "select value from root_key_check"))?.value;
}
