import type { Identity } from "@sealrun/crypto";
import { call, type NatsLink, type Peer } from "@sealrun/nats";
import {
  emitReply,
  encodeJson,
  eventKeysReply,
  scheduleReply,
  claimReply,
  fetchReply,
  type SentEnd,
  finishReply,
  type FinishReply,
  releaseReply,
  executorId,
  isForKeyring,
  lookupReply,
  presenceReply,
  reportedReply,
  renewReply,
  type RenewReply,
  type RpcVerb,
  setReply,
  stateReply,
  subjects,
  type AttemptRef,
  type EmitReply,
  type EmitRequest,
  type EventKeysReply,
  type EventKeysRequest,
  type ScheduleReply,
  type ScheduleRequest,
  type ClaimReply,
  type ClaimRequest,
  type FetchReply,
  type FetchRequest,
  type ReleaseRequest,
  type LookupReply,
  type LookupRequest,
  type PresenceReply,
  type PresenceRequest,
  type ReportedRequest,
  type RenewedLease,
  type SetReply,
  type SetRequest,
  type StateReply,
  type StateRequest,
} from "@sealrun/protocol";
import type { z } from "zod";
import { askTogether } from "./ask-together.ts";

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
  readonly finish: (body: SentEnd) => Promise<readonly number[]>;
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

/** The answer to an item that was not refused. */
type Accepted<Verdicts extends readonly { readonly ok: boolean }[]> = Extract<Verdicts[number], { readonly ok: true }>;

/** The platform as seen from one executor. */
export function createPlatformRpc(deps: {
  readonly link: NatsLink;
  readonly identity: Identity;
  readonly platform: Peer;
}): PlatformRpc {
  const { link, identity, platform } = deps;
  const own = executorId.parse(identity.id);
  const ask = async <T>(verb: RpcVerb, body: object, reply: z.ZodType<T>, options: Partial<AttemptRef>) =>
    call({
      link,
      identity,
      peer: platform,
      subject: subjects.rpc(own, verb),
      kind: verb,
      isForPeerOnly: !isForKeyring(verb),
      body,
      reply,
      isPatient: dropsAtRefusal(verb),
      unreachable: "PLATFORM_UNREACHABLE",
      ...options,
    });
  /** About one attempt: only the header names it. */
  const askOf = async <T>(verb: RpcVerb, { executionId, attempt, ...body }: AttemptRef, reply: z.ZodType<T>) =>
    ask(verb, body, reply, { executionId, attempt });
  const ref = ({ executionId, attempt }: AttemptRef): AttemptRef => ({ executionId, attempt });
  const finish = askTogether<SentEnd, Accepted<FinishReply["ends"]>>({
    bytesOf: (end) => encodeJson(end).length,
    ask: async (ends) => (await ask("finish", { ends }, finishReply, {})).value.ends,
  });
  return {
    claim: async (body) => (await ask("claim", body, claimReply, {})).value,
    renew: askTogether<AttemptRef, Accepted<RenewReply["attempts"]>>({
      bytesOf: (attempt) => encodeJson(ref(attempt)).length,
      ask: async (attempts) => (await ask("renew", { attempts: attempts.map(ref) }, renewReply, {})).value.attempts,
    }),
    finish: async (end) => (await finish(end)).missing ?? [],
    release: async (body) => {
      await askOf("release", body, releaseReply);
    },
    reported: async (body) => (await askOf("reported", body, reportedReply)).value.missing ?? [],
    lookup: async (body) => askOf("lookup", body, lookupReply),
    lookUpKeys: async (body) => askOf("lookup", body, eventKeysReply),
    set: async (body) => (await askOf("set", body, setReply)).value,
    state: async (body) => askOf("state", body, stateReply),
    fetch: async (body) => (await askOf("fetch", body, fetchReply)).value,
    emit: async (body) => (await askOf("emit", body, emitReply)).value,
    schedule: async (body) => (await askOf("schedule", body, scheduleReply)).value,
    presence: async (body) => (await ask("presence", body, presenceReply, {})).value,
  };
}

/** Whether a refusal makes the executor drop an attempt, its end or its reports. What a script asks for fails at once. */
function dropsAtRefusal(verb: RpcVerb): boolean {
  return ["claim", "renew", "finish", "release", "reported"].includes(verb);
}
