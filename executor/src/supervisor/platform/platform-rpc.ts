import type { SigningIdentity } from "@sealrun/crypto";
import { call, type NatsLink, type Peer } from "@sealrun/nats";
import {
  type EmitReply,
  emitReply,
  type EmitRequest,
  type ScheduleReply,
  scheduleReply,
  type ScheduleRequest,
  type ClaimReply,
  claimReply,
  type ClaimRequest,
  type FetchReply,
  fetchReply,
  type FetchRequest,
  finishReply,
  releaseReply,
  type ReleaseRequest,
  type FinishRequest,
  executorId,
  type LookupReply,
  lookupReply,
  type LookupRequest,
  presenceReply,
  type PresenceRequest,
  reportedReply,
  type ReportedRequest,
  type RenewReply,
  renewReply,
  type RpcVerb,
  type SetReply,
  setReply,
  type SetRequest,
  type StateReply,
  stateReply,
  type StateRequest,
  subjects,
} from "@sealrun/protocol";
import type { z } from "zod";

/** Which run a request belongs to. */
export interface Held {
  readonly executionId: ClaimRequest["executionId"];
  readonly attempt: number;
}

/** An answer, and the id of the request it answers: a lookup's keys are bound to it. */
interface Answered<T> {
  readonly value: T;
  readonly requestId: string;
}

/** The platform's requests as functions. Each is signed, and its answer verified. */
export interface PlatformRpc {
  /** Sent again with the same `requestId`, a claim gets the same answer. */
  readonly claim: (body: ClaimRequest, requestId: string) => Promise<ClaimReply>;
  readonly renew: (held: Held) => Promise<RenewReply>;
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

/** The platform as seen from one executor. */
export function createPlatformRpc(deps: {
  readonly link: NatsLink;
  readonly identity: SigningIdentity;
  readonly platform: Peer;
}): PlatformRpc {
  const { link, identity, platform } = deps;
  const own = executorId.parse(identity.id);
  const ask = async <T>(
    verb: RpcVerb,
    body: object,
    reply: z.ZodType<T>,
    options: Partial<Held & { requestId: string }>,
  ) =>
    call({
      link,
      identity,
      peer: platform,
      subject: subjects.rpc(own, verb),
      kind: verb,
      body,
      reply,
      unreachable: "PLATFORM_UNREACHABLE",
      ...options,
    });
  const held = ({ executionId, attempt }: Held): Held => ({ executionId, attempt });
  return {
    claim: async (body, requestId) =>
      (await ask("claim", body, claimReply, { executionId: body.executionId, requestId })).value,
    renew: async (body) => (await ask("renew", body, renewReply, held(body))).value,
    finish: async (body) => (await ask("finish", body, finishReply, held(body))).value.missing ?? [],
    release: async (body) => {
      await ask("release", body, releaseReply, held(body));
    },
    reported: async (body) => (await ask("reported", body, reportedReply, held(body))).value.missing ?? [],
    lookup: async (body) => ask("lookup", body, lookupReply, held(body)),
    set: async (body) => (await ask("set", body, setReply, held(body))).value,
    state: async (body) => ask("state", body, stateReply, held(body)),
    fetch: async (body) => (await ask("fetch", body, fetchReply, held(body))).value,
    emit: async (body) => (await ask("emit", body, emitReply, held(body))).value,
    schedule: async (body) => (await ask("schedule", body, scheduleReply, held(body))).value,
    presence: async (body) => {
      await ask("presence", body, presenceReply, {});
    },
  };
}
