import type { SigningIdentity } from "@sealrun/crypto";
import { call, type NatsLink, type Peer } from "@sealrun/nats";
import {
  emitReply,
  scheduleReply,
  claimReply,
  fetchReply,
  finishReply,
  releaseReply,
  executorId,
  lookupReply,
  presenceReply,
  reportedReply,
  renewReply,
  type RpcVerb,
  setReply,
  stateReply,
  subjects,
  type AttemptRef,
} from "@sealrun/protocol";
import type { z } from "zod";
import type { PlatformRpc } from "../../between/platform-rpc.ts";

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
    options: Partial<AttemptRef & { requestId: string }>,
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
  const ref = ({ executionId, attempt }: AttemptRef): AttemptRef => ({ executionId, attempt });
  return {
    claim: async (body, requestId) =>
      (await ask("claim", body, claimReply, { executionId: body.executionId, requestId })).value,
    renew: async (body) => (await ask("renew", body, renewReply, ref(body))).value,
    finish: async (body) => (await ask("finish", body, finishReply, ref(body))).value.missing ?? [],
    release: async (body) => {
      await ask("release", body, releaseReply, ref(body));
    },
    reported: async (body) => (await ask("reported", body, reportedReply, ref(body))).value.missing ?? [],
    lookup: async (body) => ask("lookup", body, lookupReply, ref(body)),
    set: async (body) => (await ask("set", body, setReply, ref(body))).value,
    state: async (body) => ask("state", body, stateReply, ref(body)),
    fetch: async (body) => (await ask("fetch", body, fetchReply, ref(body))).value,
    emit: async (body) => (await ask("emit", body, emitReply, ref(body))).value,
    schedule: async (body) => (await ask("schedule", body, scheduleReply, ref(body))).value,
    presence: async (body) => {
      await ask("presence", body, presenceReply, {});
    },
  };
}
