import { fields } from "@sealrun/protocol";
import { z } from "zod";

/** How to reach one PostgreSQL database: a URL, or a host (a folder for a Unix socket) with user and password. */
export const postgresConfig = z.union(
  [
    fields({ url: z.string().startsWith("postgres") }),
    fields({
      host: z.string().min(1),
      port: z.number().int().optional(),
      user: z.string().min(1),
      password: z.string(),
      database: z.string().min(1),
    }),
  ],
  { error: "expected only a postgres url, or host, user, password and database, and a number at port or none" },
);
export type PostgresConfig = z.infer<typeof postgresConfig>;

/** The address for messages, without the password. */
export function describeAddress(config: PostgresConfig): string {
  if ("host" in config) return `${config.host}${config.port === undefined ? "" : `:${config.port}`}/${config.database}`;
  if (!URL.canParse(config.url)) return "the configured URL";
  const { host, pathname } = new URL(config.url);
  return `${host}${pathname}`;
}
