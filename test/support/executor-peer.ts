import { newId, signFrame } from "@sealrun/crypto";
import { fromBase64 } from "@sealrun/crypto";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { connectNats, type NatsLink } from "@sealrun/nats";
import {
  decodeEnrolmentToken,
  encodeJson,
  type ExecutionEvent,
  executorId,
  inboxPrefix,
  type ProjectRights,
  type ReportItem,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { enrol } from "../../executor/src/enrol/enrol.ts";
import type { ExecutorState } from "../../executor/src/enrol/state-file.ts";
import type { Attempt } from "../../executor/src/between/attempt.ts";
import { openGrant } from "../../executor/src/worker/secrets/open-grant.ts";
import { createPlatformRpc } from "../../executor/src/supervisor/platform/platform-rpc.ts";
import type { PlatformRpc } from "../../executor/src/between/platform-rpc.ts";
import { announcePresence } from "../../executor/src/supervisor/queue/presence.ts";
import { type QueuedMessage, takeNext } from "../../executor/src/supervisor/queue/take.ts";
import { verifyEvent } from "../../executor/src/supervisor/queue/verify-event.ts";
import type { TestPlatform } from "./start-platform.ts";

/** An enrolled executor whose every move a test makes: it takes, claims and reports, and runs nothing. */
export interface ExecutorPeer {
  readonly state: ExecutorState;
  readonly link: NatsLink;
  readonly rpc: PlatformRpc;
  /** The next event of its pool. */
  readonly take: () => Promise<{ readonly event: ExecutionEvent; readonly message: QueuedMessage }>;
  /** Claims an event and opens the grant. */
  readonly claim: (event: ExecutionEvent, requestId?: string) => Promise<Attempt>;
  /** Publishes one chunk of reports and waits until the stream has it. */
  readonly report: (attempt: Attempt["ref"], sequence: number, items: readonly ReportItem[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Enrols a new executor with a token of the platform's keyring. */
export async function enrolPeer(
  platform: Pick<TestPlatform, "url" | "keyringConfig">,
  rights: { readonly pool?: string; readonly projects?: ProjectRights; readonly slots?: number } = {},
): Promise<ExecutorPeer> {
  const token = await issueEnrolmentToken(platform.keyringConfig, {
    pool: rights.pool ?? "default",
    projects: rights.projects ?? "all",
  });
  const state = await enrol({ ...decodeEnrolmentToken(token), url: platform.url });
  return connectPeer(state, rights.slots);
}

/** More than any test leaves unclaimed. */
const manySlots = 256;

/** Connects with an enrolment that is there already, or was never made. Without `slots` it can take very much. */
export async function connectPeer(state: ExecutorState, slots = manySlots): Promise<ExecutorPeer> {
  const id = executorId.parse(state.identity.id);
  const link = await connectNats({ ...state.nats, name: id, inboxPrefix: inboxPrefix(id) });
  const rpc = createPlatformRpc({ ...state, link });
  const presence = announcePresence({ rpc, slots, log: pino({ level: "silent" }) });
  const claim = async (event: ExecutionEvent, requestId = newId("request")): Promise<Attempt> => {
    const { executionId, generation } = event;
    const reply = await rpc.claim({ executionId, generation }, requestId);
    const trust = { keyring: state.keyring, executorId: id, box: state.identity.box };
    const grant = openGrant(fromBase64(reply.grant), event, { ...trust, attempt: reply.attempt });
    return { event, ref: { executionId, attempt: reply.attempt }, grant, rpc, ...trust };
  };
  return {
    state,
    link,
    rpc,
    claim,
    take: async () => {
      // A server that was restarted may offer a message to a request that nobody hears, and again after 30 s.
      for (let tried = 0; tried < 12; tried += 1) {
        const message = await takeNext(link, state.pool.id, AbortSignal.timeout(20_000));
        if (message === undefined) continue;
        const trust = { platform: state.platform, pool: state.pool.id };
        return { event: verifyEvent(message.frame, trust, Date.now()), message };
      }
      throw new SealrunError("TIMED_OUT", "No event came");
    },
    report: async (ref, sequence, items) => {
      const subject = subjects.reports(id);
      const header = {
        v: 1,
        kind: "report",
        subject,
        sender: id,
        requestId: newId("request"),
        time: Date.now(),
      } as const;
      const frame = signFrame(state.identity, header, encodeJson({ ...ref, sequence, items }));
      await link.connection.jetstream().publish(subject, frame);
    },
    close: async () => {
      await presence.close();
      await link.close();
    },
  };
}
