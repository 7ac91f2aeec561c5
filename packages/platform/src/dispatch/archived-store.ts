/** True for a package `k` of which an execution waits in the pool $1: one probe of the index that has packages. */
const waits = `k.id = (
                    select o.package_id from outbox o where o.pool = $1 and o.is_due and o.package_id >= k.id
                    order by o.package_id, o.priority desc, o.number limit 1)`;

/** The archived packages, and those of archived projects, of which an execution waits in the pool $1, as a part of a union. */
export const orArchivedAndWaiting = `
                  union all
                  select k.id from packages k where k.archived_at is not null and ${waits}
                  union all
                  select k.id from packages k join projects p on p.id = k.project_id
                  where p.archived_at is not null and ${waits}`;
