import type {
  AttemptRef,
  EmitReply,
  EmitRequest,
  EventKeysRequest,
  FetchReply,
  FetchRequest,
  LookupReply,
  LookupRequest,
  ScheduleReply,
  ScheduleRequest,
  SecretName,
  SetReply,
  SetRequest,
  StateReply,
  StateRequest,
} from "@sealrun/protocol";

/** A request without its attempt: the supervisor adds that, so that a worker can name no other. */
type Asked<Request extends AttemptRef> = Omit<Request, keyof AttemptRef>;

/** A stored secret and the message key that opens it. An envelope too large for one message is fetched. */
type LookedUp = Pick<
  Extract<LookupReply, { readonly found: true }>,
  "scope" | "id" | "version" | "sha256" | "envelope"
> & { readonly messageKey: Uint8Array };

/** One key of a package's state: its envelope in base64, and the message key that opens it. */
interface StateEntry {
  readonly key: string;
  readonly envelope: string;
  readonly messageKey: Uint8Array;
}

/**
 * What the scripts of one attempt may ask of the platform. Answers are verified, and hold message keys instead of what
 * the keyring boxed for the executor. A request is retried for a while when a part is away.
 */
export interface AttemptRpc {
  /** The narrowest secret of a name, or that of one scope; undefined when there is none. */
  readonly lookup: (asked: Asked<LookupRequest>) => Promise<LookedUp | undefined>;
  /** Message keys of secrets that the event holds and the grant does not open; those that are still stored. */
  readonly lookUpKeys: (
    asked: Asked<EventKeysRequest>,
  ) => Promise<readonly { readonly name: SecretName; readonly messageKey: Uint8Array }[]>;
  readonly set: (asked: Asked<SetRequest>) => Promise<SetReply>;
  /** One page of the package's state; `next` is the `after` of the next page. */
  readonly readState: (
    after?: string,
  ) => Promise<{ readonly entries: readonly StateEntry[]; readonly next: StateReply["next"] }>;
  readonly putState: (asked: Pick<Extract<StateRequest, { readonly op: "put" }>, "key" | "envelope">) => Promise<void>;
  readonly fetch: (asked: Asked<FetchRequest>) => Promise<FetchReply>;
  /** A retry with the same event id gets the same answer. */
  readonly emit: (asked: Asked<EmitRequest>) => Promise<EmitReply>;
  /** A retry with the same schedule id gets the same answer. */
  readonly schedule: (asked: Asked<ScheduleRequest>) => Promise<ScheduleReply>;
}
