import type {
  AttemptRef,
  EmitReply,
  EmitRequest,
  EventKeysReply,
  EventKeysRequest,
  ScheduleReply,
  ScheduleRequest,
  ClaimReply,
  ClaimRequest,
  FetchReply,
  FetchRequest,
  ReleaseRequest,
  FinishedAttempt,
  LookupReply,
  LookupRequest,
  PresenceReply,
  PresenceRequest,
  ReportedRequest,
  RenewedLease,
  SetReply,
  SetRequest,
  StateReply,
  StateRequest,
} from "@sealrun/protocol";

/** An answer, and the id of its request, to which the keys of a lookup are bound. */
interface Answered<T> {
  readonly value: T;
  readonly requestId: string;
}

/** Requests to the platform, as functions. Each request is signed or has a MAC, and its answer is verified. */
export interface PlatformRpc {
  /** A claim that is sent again under its own request id gets the same answer, whatever else the request claims. */
  readonly claim: (body: ClaimRequest) => Promise<ClaimReply>;
  /** Leases that are renewed at the same moment are renewed in one request. */
  readonly renew: (ref: AttemptRef) => Promise<RenewedLease>;
  /** Answers with the sequences of chunks that have not arrived. Ends of the same moment travel in one request. */
  readonly finish: (body: FinishedAttempt) => Promise<readonly number[]>;
  /** Gives back an attempt of which no script has started. */
  readonly release: (body: ReleaseRequest) => Promise<void>;
  /** Which chunks up to `lastSequence` are not stored, of an attempt that is or was this executor's. */
  readonly reported: (body: ReportedRequest) => Promise<readonly number[]>;
  readonly lookup: (body: LookupRequest) => Promise<Answered<LookupReply>>;
  /** Keys of secrets that the event holds and the grant does not open. */
  readonly lookUpKeys: (body: EventKeysRequest) => Promise<Answered<EventKeysReply>>;
  readonly set: (body: SetRequest) => Promise<SetReply>;
  readonly state: (body: StateRequest) => Promise<Answered<StateReply>>;
  readonly fetch: (body: FetchRequest) => Promise<FetchReply>;
  /** A retry with the same event id gets the same answer. */
  readonly emit: (body: EmitRequest) => Promise<EmitReply>;
  /** A retry with the same schedule id gets the same answer. */
  readonly schedule: (body: ScheduleRequest) => Promise<ScheduleReply>;
  readonly presence: (body: PresenceRequest) => Promise<PresenceReply>;
}
