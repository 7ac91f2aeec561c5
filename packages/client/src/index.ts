export { type AuditFilter } from "./audit.ts";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type EventToSend } from "./events.ts";
export { type ExecutionFilter, type ExecutionToStart, type StatisticsFilter } from "./executions.ts";
export { type FileToPush, type PackageToPush } from "./packages.ts";
export { type SecretPlace } from "./secrets.ts";
export { fetchPlatform } from "./trust.ts";
export { type WatchOptions } from "./watch.ts";
