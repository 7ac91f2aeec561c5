import type { Sql } from "@sealrun/postgres";
import { z } from "zod";

const line = z.object({ line: z.string() });

/** Tables, columns, constraints, indexes, triggers and functions of a database as readable text, in a fixed order. */
export async function describeSchema(sql: Sql): Promise<string> {
  const tables = await sql.rows(
    line,
    "select relname::text as line from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname collate \"C\"",
  );
  const parts = await Promise.all(tables.map(async ({ line: table }) => describeTable(sql, table)));
  const functions = await linesOf(
    sql,
    `select pg_get_functiondef(oid) || ';' as line from pg_proc where pronamespace = 'public'::regnamespace order by proname`,
  );
  return `${[...parts, ...functions].join("\n\n")}\n`;
}

async function describeTable(sql: Sql, table: string): Promise<string> {
  const inside = [
    ...(await linesOf(
      sql,
      `select format('%I %s', attname, format_type(atttypid, atttypmod))
        || case when attcollation <> 0 and collname <> 'default' then format(' collate %I', collname) else '' end
        || case attidentity when 'a' then ' generated always as identity' else '' end
        || case when attnotnull then ' not null' else '' end
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') as line
       from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
       left join pg_collation c on c.oid = attcollation
       where attrelid = format('public.%I', $1::text)::regclass and attnum > 0 and not attisdropped order by attnum`,
      [table],
    )),
    ...(await linesOf(
      sql,
      `select pg_get_constraintdef(oid) as line from pg_constraint
       where conrelid = format('public.%I', $1::text)::regclass and contype <> 'n' order by contype, conname collate "C"`,
      [table],
    )),
  ];
  const after = [
    ...(await linesOf(
      sql,
      `select indexdef || ';' as line from pg_indexes where schemaname = 'public' and tablename = $1
       and indexname not in (select conname from pg_constraint) order by indexname collate "C"`,
      [table],
    )),
    ...(await linesOf(
      sql,
      `select pg_get_triggerdef(oid) || ';' as line from pg_trigger
       where tgrelid = format('public.%I', $1::text)::regclass and not tgisinternal order by tgname collate "C"`,
      [table],
    )),
  ];
  return [`create table ${table} (\n  ${inside.join(",\n  ")}\n);`, ...after].join("\n");
}

async function linesOf(sql: Sql, text: string, values: readonly unknown[] = []): Promise<string[]> {
  return (await sql.rows(line, text, values)).map((row) => row.line);
}
