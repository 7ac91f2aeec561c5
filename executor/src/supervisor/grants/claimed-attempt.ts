import type { KeyPair } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import type { AttemptRef, ExecutionEvent } from "@sealrun/protocol";
import type { PlatformRpc } from "../platform/platform-rpc.ts";

/** A claimed execution, with what opens its grant and the keyring's later answers. Only the supervisor has it. */
export interface ClaimedAttempt {
  readonly event: ExecutionEvent;
  readonly ref: AttemptRef;
  readonly rpc: PlatformRpc;
  readonly keyring: Peer;
  readonly executorId: string;
  readonly box: KeyPair;
}
