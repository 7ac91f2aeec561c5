import type { Identity, SymmetricKey } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import type { Database, Fitness } from "@sealrun/postgres";
import type { PlatformId, StepLimits } from "@sealrun/protocol";
import type { Tracer } from "@sealrun/telemetry";
import type { Logger } from "pino";
import type { PlatformMetrics } from "./metrics/platform-metrics.ts";

/** What the rooms of a running platform share; each function narrows it with `Pick` to what it uses. */
export interface Deps {
  readonly platformId: PlatformId;
  readonly database: Database;
  readonly fitness: Fitness;
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly keyring: Peer;
  readonly storageKey: SymmetricKey;
  /** How many lines per second a run may write; its executor learns it with each heartbeat. */
  readonly linesPerSecond: number;
  /** The most that a package may ask for. */
  readonly maxLimits: StepLimits;
  readonly log: Logger;
  /** Counts what this platform does; undefined while metrics are off. */
  readonly metrics?: PlatformMetrics | undefined;
  /** Records spans of executions; undefined while tracing is off. */
  readonly tracer?: Tracer | undefined;
}

/** The person, token or part behind a request, for the audit. */
export interface Requester {
  readonly name: string;
  readonly requestId: string;
}
