import { fromBase64, type Identity } from "@sealrun/crypto";
import { createSeenFrames, type NatsLink, serve, type SignedRequest } from "@sealrun/nats";
import { type Fitness, openWhileFit, readTableSizes } from "@sealrun/postgres";
import {
  decode,
  endGrantsRequest,
  enrolEnvelope,
  grantRequest,
  isSignedAnswer,
  keyringLookupRequest,
  keyringVerbs,
  type KeyringVerb,
  revocationsRequest,
  scopeKeyRequest,
  SealrunError,
  sizesRequest,
  subjects,
  toSealrunError,
} from "@sealrun/protocol";
import type { KeyringLog } from "./audit/log.ts";
import { readAsked, recordRefusal } from "./audit/record-refusal.ts";
import { answerEnd } from "./attempts/end-grant.ts";
import { answerGrant, type AttemptDeps } from "./attempts/grants.ts";
import { answerLookup } from "./attempts/lookups.ts";
import { enrol, type EnrolDeps } from "./enrolment/enrol.ts";
import { renewCredentials } from "./enrolment/renew-credentials.ts";
import { answerRevocations } from "./enrolment/revoke.ts";
import { answerScopeKey } from "./scope-keys/answer-scope-key.ts";

/** What answering requests needs; only the platform may send them. */
export interface AnswerDeps extends AttemptDeps, EnrolDeps {
  readonly platformBoxPublic: Uint8Array;
  readonly identity: Identity;
  readonly link: NatsLink;
  readonly fitness: Fitness;
  readonly log: KeyringLog;
}

/**
 * Answers the platform's signed requests until closed; closing waits for the answers under way. While the database is
 * silent or the clock is wrong, other keyrings answer.
 */
export function answerRequests(deps: AnswerDeps): { close(): Promise<void> } {
  const underWay = new Set<Promise<object>>();
  const answered = keyringVerbs.map((verb) => ({ verb, seen: createSeenFrames() }));
  const serveVerb = ({ verb, seen }: (typeof answered)[number]) =>
    serve({
      link: deps.link,
      identity: deps.identity,
      subject: subjects.keyring(verb),
      queue: "keyring",
      kind: verb,
      findKey: (sender) => (sender === deps.platformId ? deps.platformSignPublic : undefined),
      findBox: ({ sender }) => (sender === deps.platformId ? deps.platformBoxPublic : undefined),
      isSigned: isSignedAnswer(verb),
      handle: async (request) => {
        const answer = answerOne(deps, verb, request);
        underWay.add(answer);
        return answer.finally(() => underWay.delete(answer));
      },
      log: deps.log,
      seen,
    });
  const close = openWhileFit(deps.fitness, () => {
    const services = answered.map(serveVerb);
    return async () => void (await Promise.all(services.map(async (service) => service.close())));
  });
  return {
    close: async () => {
      await close();
      await Promise.allSettled(underWay);
    },
  };
}

async function answerOne(deps: AnswerDeps, verb: KeyringVerb, request: SignedRequest): Promise<object> {
  const { requestId } = request.header;
  try {
    const reply = await answerOf(verb)(deps, request.body);
    deps.metrics?.answered(verb);
    // The platform asks for these now and then, mostly without news.
    if (verb !== "revocations" && verb !== "sizes") deps.log.info({ verb, requestId }, "Answered");
    return reply;
  } catch (error) {
    deps.metrics?.answered(verb, toSealrunError(error).code);
    if (error instanceof SealrunError) {
      deps.log.info({ verb, requestId, code: error.code }, "Refused");
      await recordRefusal(deps, { verb, asked: readAsked(request.body), error });
    }
    throw error;
  }
}

type Answer = (deps: AnswerDeps, body: Uint8Array) => Promise<object>;

function answerOf(verb: KeyringVerb): Answer {
  const answer = answers[verb];
  if (answer === undefined) throw new SealrunError("NOT_FOUND", `The keyring does not answer ${verb}`);
  return answer;
}

const answers: Partial<Readonly<Record<KeyringVerb, Answer>>> = {
  enrol: async (deps, body) => enrol(deps, fromBase64(decode(enrolEnvelope, body).frame)),
  credentials: async (deps, body) => renewCredentials(deps, fromBase64(decode(enrolEnvelope, body).frame)),
  revocations: async (deps, body) => answerRevocations(deps, decode(revocationsRequest, body)),
  "scope-key": async (deps, body) => answerScopeKey(deps, decode(scopeKeyRequest, body)),
  grant: async (deps, body) => answerGrant(deps, decode(grantRequest, body)),
  lookup: async (deps, body) => answerLookup(deps, decode(keyringLookupRequest, body)),
  sizes: async ({ database }, body) => {
    decode(sizesRequest, body);
    return { ok: true, tables: await readTableSizes(database) };
  },
  end: async (deps, body) => answerEnd(deps, decode(endGrantsRequest, body)),
};
