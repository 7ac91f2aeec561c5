import type { KeyPair } from "@sealrun/crypto";
import type { Peer } from "@sealrun/nats";
import type { ExecutionEvent, Scope, SecretName, AttemptRef } from "@sealrun/protocol";
import type { PlatformRpc } from "./platform-rpc.ts";

/** The keys that one attempt may open and seal with. */
export interface OpenGrant {
  /** Message key of a service secret in the event; undefined for one that the grant does not open. */
  secretKey(name: SecretName): Uint8Array | undefined;
  /** Message key of the run's sealed parameters; undefined without any. */
  readonly parametersKey: Uint8Array | undefined;
  /** Message key of the data of the event that started the run; undefined for another event. */
  eventDataKey(id: string): Uint8Array | undefined;
  /** Public key of a scope, as the keyring signed it. */
  publicKey(scope: Scope): Uint8Array;
}

/** One granted claim: what its run may read, seal and ask the platform. */
export interface Attempt {
  readonly event: ExecutionEvent;
  readonly ref: AttemptRef;
  readonly grant: OpenGrant;
  readonly rpc: PlatformRpc;
  readonly keyring: Peer;
  readonly executorId: string;
  readonly box: KeyPair;
}
