import type { ExecutionFilter } from "./execution-filter.ts";

/**
 * SQL that is true for an execution `e` that the filter wants, with the parameters $1 to $9. Names are looked up first,
 * so that the index of one project or package gives the rows in the list's order.
 */
export const isWanted = `($1::text is null or e.project_id = (select id from projects where lower(name) = lower($1)))
  and ($2::text is null or $1::text is null or e.package_id = (
    select k.id from packages k join projects p on p.id = k.project_id
    where lower(p.name) = lower($1) and lower(k.name) = lower($2)))
  and ($2::text is null or $1::text is not null or e.package_id in (select id from packages where lower(name) = lower($2)))
  and ($3::text[] is null or e.status = any ($3)) and ($4::text is null or e.status = $4)
  and ($5::text is null or e.trigger ->> 'kind' = $5)
  and ($6::text is null or e.executor_id = $6)
  and ($7::text is null or e.id like $7)
  and ($8::timestamptz is null or e.created_at >= $8) and ($9::timestamptz is null or e.created_at < $9)`;

/** The parameters of `isWanted`, in their order. */
export function filterValues(filter: ExecutionFilter): readonly unknown[] {
  const statuses = filter.status ?? [];
  return [
    filter.project ?? null,
    filter.package ?? null,
    // A single status is compared with `=`: an index by status then gives the rows in the list's order.
    statuses.length > 1 ? statuses : null,
    statuses.length === 1 ? statuses[0] : null,
    filter.trigger ?? null,
    filter.executor ?? null,
    // Unescaped, an underscore would match any character.
    filter.id === undefined ? null : `${filter.id.replace("_", "\\_")}%`,
    filter.since ?? null,
    filter.until ?? null,
  ];
}
