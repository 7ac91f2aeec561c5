import type { Sql } from "@sealrun/postgres";

/**
 * Ends every connection to this database that listens for notifications, and returns how many. They ask for the time
 * again and again, so that this question is their last query, whenever they began to listen.
 */
export async function breakListening(sql: Sql): Promise<number> {
  return sql.run(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
       and query like '%clock_timestamp()) * 1000)::float8 as ms'`,
  );
}
