import type { Database } from "@sealrun/postgres";
import { z } from "zod";
import { plainRun } from "../support/cost-of-runs.ts";
import { howMany } from "./bench-cluster.ts";
import { type BenchPlatform, benchFolder, startBenchPlatform } from "./platform.ts";
import { type BenchRow, median, ratioRow } from "./row.ts";

const many = howMany("FINISHED_EXECUTIONS", 100_000);
const few = Math.ceil(many / 100);
const tries = howMany("FINISHED_TRIES", 30);
/** In one statement. */
const batch = 2_000;

/** A start, a list and a first line beside many finished executions, against the same beside a hundredth of them. */
export async function bench(): Promise<readonly BenchRow[]> {
  const folder = await benchFolder();
  const platform = await startBenchPlatform(folder.path);
  const database = await platform.database();
  try {
    await platform.sealrun(["project", "create", "bench"]);
    await platform.push("plain", plainRun);
    const model = await platform.start("plain");
    for await (const _ of platform.watch(model));
    await multiply(database, model, { from: 0, to: few });
    const before = await times(platform);
    await multiply(database, model, { from: few, to: many });
    const after = await times(platform);
    const row = (what: string, of: keyof Times): BenchRow =>
      ratioRow(
        {
          what: `${what} with ${many} finished executions, against ${few}`,
          ours: after[of],
          alternative: before[of],
          unit: "ms",
        },
        1.2,
      );
    return [row("a start", "startMs"), row("the list of executions", "listMs"), row("the first line", "lineMs")];
  } finally {
    await database.close();
    await platform.stop();
    await folder.remove();
  }
}

interface Times {
  readonly startMs: number;
  readonly listMs: number;
  readonly lineMs: number;
}

/** Medians, one run after another. */
async function times(platform: BenchPlatform): Promise<Times> {
  const found = { startMs: [] as number[], listMs: [] as number[], lineMs: [] as number[] };
  for (let tried = 0; tried < tries; tried += 1) {
    const begin = performance.now();
    const id = await platform.start("plain");
    const accepted = performance.now();
    found.startMs.push(accepted - begin);
    for await (const event of platform.watch(id)) {
      if (event.kind === "log" && found.lineMs.length === tried) found.lineMs.push(performance.now() - accepted);
    }
    const asked = performance.now();
    await platform.list();
    found.listMs.push(performance.now() - asked);
  }
  return { startMs: median(found.startMs), listMs: median(found.listMs), lineMs: median(found.lineMs) };
}

/** Copies all rows of a finished execution under new ids, each copy a second older than the one before. */
async function multiply(database: Database, model: string, { from, to }: { from: number; to: number }): Promise<void> {
  const columns = await database.rows(
    z.object({ name: z.string(), key: z.string(), columns: z.array(z.string()), times: z.array(z.string()) }),
    `select t.table_name as name, max(k.column_name) as key,
            array_agg(t.column_name::text) as columns,
            coalesce(array_agg(t.column_name::text) filter (where t.data_type like 'timestamp%'), '{}') as times
     from information_schema.columns t
     join information_schema.columns k on k.table_schema = t.table_schema and k.table_name = t.table_name
       and k.column_name = case when t.table_name = 'executions' then 'id' else 'execution_id' end
     where t.table_schema = 'public' and t.is_identity = 'NO' and t.is_generated = 'NEVER'
     group by t.table_name order by t.table_name = 'executions' desc`,
  );
  for (const table of columns) {
    await database.run(`alter table ${table.name} disable trigger user`);
    const values = table.columns.map((column) => {
      if (column === table.key) return "'exe_' || lpad(copy::text, 20, '0')";
      return table.times.includes(column) ? `s.${quoted(column)} - copy * interval '1 second'` : `s.${quoted(column)}`;
    });
    for (let first = from; first < to; first += batch) {
      await database.run(
        `insert into ${table.name} (${table.columns.map(quoted).join(", ")}) select ${values.join(", ")}
         from ${table.name} s cross join generate_series($2::int, $3::int) as copy where s.${table.key} = $1`,
        [model, first, Math.min(first + batch, to) - 1],
      );
    }
    await database.run(`alter table ${table.name} enable trigger user`);
    await database.run(`analyze ${table.name}`);
  }
}

function quoted(column: string): string {
  return `"${column}"`;
}
