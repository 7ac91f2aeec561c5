import type { Database } from "@sealrun/postgres";
import { z } from "zod";

/** Rows of one statement. */
const batch = 2_000;

/**
 * Copies the package of an execution with its newest version `count` times, as `NAME-0001` and so on: packages that
 * never ran.
 */
export async function copyPackages(database: Database, model: string, count: number): Promise<void> {
  await database.run(
    `with model as (select k.* from packages k join executions e on e.package_id = k.id where e.id = $1),
          made as (
            insert into packages (id, project_id, name, created_at, current_version)
            select 'pkg_' || lpad(copy::text, 20, '0'), project_id, name || '-' || lpad(copy::text, 4, '0'), created_at, 1
            from model cross join generate_series(1, $2::int) as copy returning id)
     insert into versions (id, package_id, number, digest, author, manifest, config, parameters, steps)
     select 'ver_' || right(made.id, 20), made.id, 1, v.digest, v.author, v.manifest, v.config, v.parameters, v.steps
     from made cross join model join versions v on v.package_id = model.id and v.number = model.current_version`,
    [model, count],
  );
  await database.run("analyze packages; analyze versions");
}

/** Adds empty projects, as `more-001` and so on. */
export async function addProjects(database: Database, count: number): Promise<void> {
  await database.run(
    `insert into projects (id, name)
     select 'prj_' || lpad(n::text, 20, '0'), 'more-' || lpad(n::text, 3, '0') from generate_series(1, $1::int) as n`,
    [count],
  );
  await database.run("analyze projects");
}

/** Adds names of secrets without values, as `SECRET_1` and so on, to the copies of a package in turn. */
export async function addSecrets(database: Database, count: number): Promise<void> {
  await database.run(
    `with owners as (select id, row_number() over (order by id) as place, count(*) over () as all from packages where id like 'pkg_0%')
     insert into secrets (id, scope, owner_id, name, version)
     select 'sec_' || lpad(n::text, 20, '0'), 'service', o.id, 'SECRET_' || n, 1
     from generate_series(1, $1::int) as n join owners o on o.place = 1 + n % o.all`,
    [count],
  );
  await database.run("analyze secrets");
}

/** Copies all rows of a finished execution under new ids, each copy a second newer than the one before. */
export async function copyExecutions(
  database: Database,
  model: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const tables = await database.rows(
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
  for (const table of tables) {
    await database.run(`alter table ${table.name} disable trigger user`);
    const values = table.columns.map((column) => {
      if (column === table.key) return "'exe_' || lpad(copy::text, 20, '0')";
      return table.times.includes(column)
        ? `s.${quoted(column)} - (${to} - copy) * interval '1 second'`
        : `s.${quoted(column)}`;
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

/** Gives the copies of an execution to the first `packages` copies of its package, in turn. */
export async function spreadExecutions(database: Database, packages: number): Promise<void> {
  await database.run("alter table executions disable trigger user");
  await database.run(
    `update executions set (package_id, version_id) = (
       select id, 'ver_' || right(id, 20) from packages
       where id = 'pkg_' || lpad((1 + number % $1)::text, 20, '0'))
     where id like 'exe_0%'`,
    [packages],
  );
  await database.run("alter table executions enable trigger user");
  await database.run("analyze executions");
}

function quoted(column: string): string {
  return `"${column}"`;
}
