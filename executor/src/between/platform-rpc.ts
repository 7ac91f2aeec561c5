import type {
  AttemptRef,
  EmitReply,
  EmitRequest,
  ScheduleReply,
  ScheduleRequest,
  ClaimReply,
  ClaimRequest,
  FetchReply,
  FetchRequest,
  ReleaseRequest,
  FinishRequest,
  LookupReply,
  LookupRequest,
  PresenceRequest,
  ReportedRequest,
  RenewReply,
  SetReply,
  SetRequest,
  StateReply,
  StateRequest,
} from "@sealrun/protocol";

/** An answer, and the id of the request it answers: a lookup's keys are bound to it. */
interface Answered<T> {
  readonly value: T;
  readonly requestId: string;
}

/** The platform's requests as functions. Each is signed, and its answer verified. */
export interface PlatformRpc {
  /** Sent again with the same `requestId`, a claim gets the same answer. */
  readonly claim: (body: ClaimRequest, requestId: string) => Promise<ClaimReply>;
  readonly renew: (ref: AttemptRef) => Promise<RenewReply>;
  /** Answers with the sequences of chunks that have not come. */
  readonly finish: (body: FinishRequest) => Promise<readonly number[]>;
  /** Gives an attempt back of which no script has started. */
  readonly release: (body: ReleaseRequest) => Promise<void>;
  /** Which chunks up to `lastSequence` are not stored, of any attempt that is or was this executor's. */
  readonly reported: (body: ReportedRequest) => Promise<readonly number[]>;
  readonly lookup: (body: LookupRequest) => Promise<Answered<LookupReply>>;
  readonly set: (body: SetRequest) => Promise<SetReply>;
  readonly state: (body: StateRequest) => Promise<Answered<StateReply>>;
  readonly fetch: (body: FetchRequest) => Promise<FetchReply>;
  /** Sent again with the same event id, it gets the same answer. */
  readonly emit: (body: EmitRequest) => Promise<EmitReply>;
  /** Sent again with the same schedule id, it gets the same answer. */
  readonly schedule: (body: ScheduleRequest) => Promise<ScheduleReply>;
  readonly presence: (body: PresenceRequest) => Promise<void>;
}
