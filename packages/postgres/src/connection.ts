import { SealrunError } from "@sealrun/protocol";
import { type ClientConfig, DatabaseError } from "pg";
import { describeAddress, type PostgresConfig } from "./config.ts";

/** Settings for a `pg` client. */
export function clientSettings(config: PostgresConfig, applicationName: string): ClientConfig {
  const address = "url" in config ? { connectionString: config.url } : config;
  return { ...address, application_name: applicationName, connectionTimeoutMillis: 10_000, keepAlive: true };
}

/** Wraps an error of the connection as `POSTGRES_UNREACHABLE`; returns an error of a statement unchanged. */
export function wrapConnectionError(error: unknown, config: PostgresConfig): unknown {
  if (error instanceof DatabaseError && !isAboutConnection(error)) return error;
  if (error instanceof SealrunError) return error;
  const reason = error instanceof Error ? error.message : "no reason given";
  return new SealrunError(
    "POSTGRES_UNREACHABLE",
    `PostgreSQL at ${describeAddress(config)} cannot be used (${reason}); check that it runs, that the address is right, and that this user may log in`,
    { cause: error },
  );
}

/** True for a named statement that a migration of another process has made useless: it must be prepared again. */
export function isOutdatedStatement(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "0A000" && error.message.startsWith("cached plan");
}

function isAboutConnection(error: DatabaseError): boolean {
  return connectionStates.has(error.code?.slice(0, 2) ?? "") || isOutdatedStatement(error);
}

/** SQLSTATE classes about the connection or the login, not the statement. */
const connectionStates = new Set(["08", "28", "3D", "53", "57"]);
