import type { ExecutionEvent, Scope, SecretName, AttemptRef } from "@sealrun/protocol";
import type { AttemptRpc } from "./attempt-rpc.ts";

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

/**
 * One granted attempt as its worker sees it: what it may read, seal and ask of the platform. It holds no key of the
 * executor.
 */
export interface Attempt {
  readonly event: ExecutionEvent;
  readonly ref: AttemptRef;
  readonly grant: OpenGrant;
  readonly rpc: AttemptRpc;
}
