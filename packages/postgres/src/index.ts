export { describeAddress, postgresConfig, type PostgresConfig } from "./config.ts";
export { type Database, openDatabase, type Sql } from "./database.ts";
export { migrate } from "./migrate.ts";
