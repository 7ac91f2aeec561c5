import type { FailureLog } from "@sealrun/nats";

/** The keyring's log of answers and refusals: verbs, ids and codes, never a body. */
export interface KeyringLog extends FailureLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
