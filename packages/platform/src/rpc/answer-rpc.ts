import { readStatedBox } from "@sealrun/crypto";
import { createSeenFrames, serve, type SignedRequest } from "@sealrun/nats";
import { openWhileFit } from "@sealrun/postgres";
import { executorId, isForKeyring, type RpcVerb, rpcVerbs, SealrunError, subjects } from "@sealrun/protocol";
import { recordRefusal } from "./record-refusal.ts";
import type { Kept } from "../cache/kept.ts";
import type { Deps } from "../deps.ts";
import { answerClaim } from "./claim.ts";
import { answerEmit } from "./emit.ts";
import { answerFetch } from "./fetch.ts";
import { answerLookup } from "./lookup.ts";
import { answerPresence } from "./presence.ts";
import { answerRelease } from "./release.ts";
import { answerFinish, answerRenew } from "./renew-and-finish.ts";
import { answerReported } from "./reported.ts";
import type { ExecutorRequest, RpcDeps } from "../executors/executor-request.ts";
import type { Revocations } from "../executors/follow-revocations.ts";
import { answerSchedule } from "./schedule.ts";
import { answerSet } from "./set.ts";
import { answerState } from "./state.ts";

const answers: Readonly<
  Record<RpcVerb, (deps: RpcDeps & Pick<Deps, "log">, request: ExecutorRequest) => Promise<object>>
> = {
  claim: answerClaim,
  renew: answerRenew,
  finish: answerFinish,
  release: answerRelease,
  reported: answerReported,
  lookup: answerLookup,
  set: answerSet,
  state: answerState,
  fetch: answerFetch,
  presence: answerPresence,
  emit: answerEmit,
  schedule: answerSchedule,
};

/**
 * What a script stores for others; reading state needs the keyring anyway. A claim and a lookup the keyring judges itself,
 * and the others are about runs that the executor has already, which an outage of the keyring must not end.
 */
const storing: ReadonlySet<RpcVerb> = new Set(["set", "state", "emit", "schedule"]);

type AnswerDeps = RpcDeps & Pick<Deps, "log"> & { readonly revocations: Pick<Revocations, "checkKnown"> };

/**
 * Answers requests of executors until closed; closing waits for answers in progress. Only the signature or MAC says which
 * executor sent a request, and it must arrive on that executor's own subject. While the database does not answer, or
 * the clock is wrong, this platform leaves requests to others. While it does not know whether an executor was revoked, it
 * stores nothing for scripts.
 */
export function answerRpc(
  deps: AnswerDeps & Pick<Deps, "fitness"> & { readonly kept: Pick<Kept, "findExecutor"> },
): () => Promise<void> {
  const underWay = new Set<Promise<object>>();
  const answered = rpcVerbs.map((verb) => ({ verb, seen: createSeenFrames() }));
  const serveVerb = ({ verb, seen }: (typeof answered)[number]) =>
    serve({
      link: deps.link,
      identity: deps.identity,
      subject: subjects.everyRpc(verb),
      queue: "platform",
      kind: verb,
      findKey: async (sender) => findKey(deps.kept, sender),
      ...(isForKeyring(verb) ? {} : { findBox: readStatedBox }),
      handle: async (request) => {
        const answering = answer(deps, verb, readRequest(verb, request));
        underWay.add(answering);
        return answering.finally(() => underWay.delete(answering));
      },
      log: deps.log,
      seen,
    });
  const close = openWhileFit(deps.fitness, () => {
    const services = answered.map(serveVerb);
    return async () => void (await Promise.all(services.map(async (service) => service.close())));
  });
  return async () => {
    await close();
    await Promise.allSettled(underWay);
  };
}

/** The answer; a refusal is thrown after it is in the audit. */
async function answer(deps: AnswerDeps, verb: RpcVerb, request: ExecutorRequest): Promise<object> {
  try {
    if (storing.has(verb)) await deps.revocations.checkKnown(request.executorId);
    return await answers[verb](deps, request);
  } catch (error) {
    await recordRefusal(deps, verb, { request, error });
    throw error;
  }
}

async function findKey({ findExecutor }: Pick<Kept, "findExecutor">, sender: string): Promise<Uint8Array> {
  const executor = await findExecutor(sender);
  if (executor !== undefined) return executor.signPublic;
  throw new SealrunError("NOT_ENROLLED", "");
}

function readRequest(verb: RpcVerb, { header, body, frame, subject }: SignedRequest): ExecutorRequest {
  const sender = executorId.parse(header.sender);
  if (subject !== subjects.rpc(sender, verb)) {
    throw new SealrunError("REPLAYED", "The request was sent on another executor's subject");
  }
  return { executorId: sender, requestId: header.requestId, header, body, frame };
}
