import type { Identity, SymmetricKey } from "@sealrun/crypto";
import type { NatsLink, Peer } from "@sealrun/nats";
import type { Database, Fitness } from "@sealrun/postgres";
import type { PlatformId } from "@sealrun/protocol";
import type { Logger } from "pino";

/** What the rooms of a running platform are given; each narrows it with `Pick` to what it uses. */
export interface Deps {
  readonly platformId: PlatformId;
  readonly database: Database;
  readonly fitness: Fitness;
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly keyring: Peer;
  readonly storageKey: SymmetricKey;
  readonly log: Logger;
}

/** Who asks for a change, for the audit. */
export interface Asker {
  readonly author: string;
  readonly requestId: string;
}
