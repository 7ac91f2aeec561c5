import type { FailureLog } from "@sealrun/nats";

/** Where the keyring says what it did and refused: verbs, ids and codes, never a body. */
export interface KeyringLog extends FailureLog {
  info(fields: object, message: string): void;
}
