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

/** An answer, and the id of its request, to which the keys of a lookup are bound. */
interface Answered<T> {
  readonly value: T;
  readonly requestId: string;
}

/** Requests to the platform, as functions. Each request is signed, and its answer verified. */
export interface PlatformRpc {
  /** A retry with the same `requestId` gets the same answer. */
  readonly claim: (body: ClaimRequest, requestId: string) => Promise<ClaimReply>;
  readonly renew: (ref: AttemptRef) => Promise<RenewReply>;
  /** Answers with the sequences of chunks that have not arrived. */
  readonly finish: (body: FinishRequest) => Promise<readonly number[]>;
  /** Gives back an attempt of which no script has started. */
  readonly release: (body: ReleaseRequest) => Promise<void>;
  /** Which chunks up to `lastSequence` are not stored, of an attempt that is or was this executor's. */
  readonly reported: (body: ReportedRequest) => Promise<readonly number[]>;
  readonly lookup: (body: LookupRequest) => Promise<Answered<LookupReply>>;
  readonly set: (body: SetRequest) => Promise<SetReply>;
  readonly state: (body: StateRequest) => Promise<Answered<StateReply>>;
  readonly fetch: (body: FetchRequest) => Promise<FetchReply>;
  /** A retry with the same event id gets the same answer. */
  readonly emit: (body: EmitRequest) => Promise<EmitReply>;
  /** A retry with the same schedule id gets the same answer. */
  readonly schedule: (body: ScheduleRequest) => Promise<ScheduleReply>;
  readonly presence: (body: PresenceRequest) => Promise<void>;
}
