import type { KeyPair } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import type { ExecutionEvent } from "@sealrun/protocol";
import type { OpenGrant } from "../worker/secrets/open-grant.ts";
import type { Held, PlatformRpc } from "../supervisor/platform/platform-rpc.ts";

/** One granted claim, and what its parts need to read, seal and ask. */
export interface Attempt {
  readonly event: ExecutionEvent;
  readonly held: Held;
  readonly grant: OpenGrant;
  readonly rpc: PlatformRpc;
  readonly keyring: Peer;
  readonly executorId: string;
  readonly box: KeyPair;
}
