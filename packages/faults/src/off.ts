import type { CrashPoint, FaultKind } from "./points.ts";
import type { WorkerStart } from "./worker-start.ts";

export { type CrashPoint, crashPoints, type FaultKind, faultKinds } from "./points.ts";
export type { WorkerStart } from "./worker-start.ts";

/** Marks a place where a test build can be killed. In the shipped build it does nothing. */
export function crashPoint(_point: CrashPoint): void {}

/** Marks a call that a test build can perform and then report as failed. In the shipped build it does nothing. */
export function failAfter(_kind: FaultKind): void {}

/** Marks an SQL statement and its connection, which a test build counts, and the waits for PostgreSQL too. In the shipped build it does nothing. */
export function countStatement(_connection: object, _text: string): void {}

/** Marks a connection to NATS whose published messages a test build counts. In the shipped build it does nothing. */
export function countPublishes(_connection: object): void {}

/** What a process must give to another process of the same part that it starts. In the shipped build: nothing. */
export function workerStart(): WorkerStart {
  return { arguments: [], environment: {}, folders: [] };
}
