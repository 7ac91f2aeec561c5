import { fromBase64, newId } from "@sealrun/crypto";
import { issueEnrolmentToken } from "@sealrun/keyring";
import { connectNats, frameForPeer, type NatsLink } from "@sealrun/nats";
import {
  answeredError,
  basicForms,
  decodeEnrolmentToken,
  encodeJson,
  type ExecutionEvent,
  executorId,
  inboxPrefix,
  type NetworkForm,
  type ProjectRights,
  type ReportItem,
  type SandboxLevel,
  SealrunError,
  subjects,
} from "@sealrun/protocol";
import { pino } from "pino";
import { enrol } from "../../executor/src/enrol/enrol.ts";
import type { ExecutorState } from "../../executor/src/enrol/state-file.ts";
import type { Attempt, OpenGrant } from "../../executor/src/between/attempt.ts";
import { useGrant } from "../../executor/src/between/use-grant.ts";
import { createAttemptRpc } from "../../executor/src/supervisor/grants/attempt-rpc.ts";
import type { ClaimedAttempt } from "../../executor/src/supervisor/grants/claimed-attempt.ts";
import { openGrant } from "../../executor/src/supervisor/grants/open-grant.ts";
import { createPlatformRpc } from "../../executor/src/supervisor/platform/platform-rpc.ts";
import type { PlatformRpc } from "../../executor/src/supervisor/platform/platform-rpc.ts";
import { announcePresence, type Presence } from "../../executor/src/supervisor/queue/presence.ts";
import type { QueuedMessage } from "../../executor/src/supervisor/queue/take.ts";
import { verifyEvent } from "../../executor/src/supervisor/queue/verify-event.ts";
import type { TestPlatform } from "./start-platform.ts";
import { takeMessage } from "./take-message.ts";

/** A claimed attempt with its opened grant. */
export interface PeerAttempt extends ClaimedAttempt {
  readonly grant: OpenGrant;
  /** The attempt as its worker sees it. What is asked through it is not retried. */
  readonly worker: Attempt;
}

/** An enrolled executor whose every move a test makes: it takes, claims and reports, and runs nothing. */
export interface ExecutorPeer {
  readonly state: ExecutorState;
  readonly link: NatsLink;
  readonly rpc: PlatformRpc;
  /** The next event of its pool. */
  readonly take: () => Promise<{ readonly event: ExecutionEvent; readonly message: QueuedMessage }>;
  /** Claims an event and opens the grant. */
  readonly claim: (event: ExecutionEvent, requestId?: string) => Promise<PeerAttempt>;
  /** Claims events in one request, each under its request id; for each the attempt with its opened grant, or the refusal. */
  readonly claimAll: (
    claims: readonly { readonly event: ExecutionEvent; readonly requestId: string }[],
  ) => Promise<readonly (PeerAttempt | SealrunError)[]>;
  /** Publishes one chunk of reports and waits until the stream has it. */
  readonly report: (attempt: PeerAttempt["ref"], sequence: number, items: readonly ReportItem[]) => Promise<void>;
  /** Says with this and all later heartbeats why it takes nothing, or with undefined that it takes events again. */
  readonly setTrouble: Presence["setTrouble"];
  readonly close: () => Promise<void>;
}

/** Enrols a new executor with a token of the platform's keyring. */
export async function enrolPeer(
  platform: Pick<TestPlatform, "url" | "keyringConfig">,
  rights: {
    readonly pool?: string;
    readonly projects?: ProjectRights;
    readonly slots?: number;
  } & PeerAnnouncement = {},
): Promise<ExecutorPeer> {
  const token = await issueEnrolmentToken(platform.keyringConfig, {
    pool: rights.pool ?? "default",
    projects: rights.projects ?? "all",
  });
  const state = await enrol({ ...decodeEnrolmentToken(token), url: platform.url });
  return connectPeer(state, rights.slots, rights);
}

/** Only ends a test that would never end: while the queue is missing, each try takes a second. */
const maxTakeMs = 120_000;

/** More than any test leaves unclaimed. */
const manySlots = 256;

/** What a peer says of itself with its heartbeats and claims. */
interface PeerAnnouncement {
  readonly networkForms?: readonly NetworkForm[];
  readonly sandbox?: SandboxLevel;
  readonly requiresNetwork?: boolean;
}

/** Connects with an enrolment that is there already, or was never made. Without `slots` it can take very much. */
export async function connectPeer(
  state: ExecutorState,
  slots = manySlots,
  { networkForms = basicForms, sandbox = "filtered", requiresNetwork = false }: PeerAnnouncement = {},
): Promise<ExecutorPeer> {
  const id = executorId.parse(state.identity.id);
  const link = await connectNats({ ...state.nats, name: id, inboxPrefix: inboxPrefix(id) });
  const rpc = createPlatformRpc({ ...state, link });
  const presence = announcePresence({
    rpc,
    slots,
    networkForms,
    sandbox,
    requiresNetwork,
    log: pino({ level: "silent" }),
  });
  const trust = { keyring: state.keyring, executorId: id, box: state.identity.box };
  const claimAll: ExecutorPeer["claimAll"] = async (claims) => {
    const asked = claims.map(({ event: { executionId, generation }, requestId }) => ({
      executionId,
      generation,
      requestId,
    }));
    const reply = await rpc.claim({ claims: asked, sandbox });
    return claims.map(({ event }, place) => {
      const verdict = reply.claims[place];
      if (verdict?.executionId !== event.executionId) throw new TypeError("the answers are in another order");
      if (!verdict.ok) return answeredError(verdict.error);
      const { executionId, attempt } = verdict;
      const content = openGrant(fromBase64(reply.grants ?? ""), event, { ...trust, attempt });
      const grant = useGrant(content, event, state.keyring.signPublic);
      const claimed: ClaimedAttempt = { event, ref: { executionId, attempt }, rpc, ...trust };
      const { ref } = claimed;
      return { ...claimed, grant, worker: { event, ref, grant, rpc: createAttemptRpc(claimed, AbortSignal.abort()) } };
    });
  };
  const claim = async (event: ExecutionEvent, requestId = newId("request")): Promise<PeerAttempt> => {
    const [claimed] = await claimAll([{ event, requestId }]);
    if (claimed === undefined || claimed instanceof SealrunError) throw claimed;
    return claimed;
  };
  return {
    state,
    link,
    rpc,
    claim,
    claimAll,
    take: async () => {
      // A server that was restarted may offer a message to a request that nobody hears, twice even, and again after 30 s
      // each. A request without an answer ends after 5 s.
      for (const giveUpAt = Date.now() + maxTakeMs; Date.now() < giveUpAt;) {
        const message = await takeMessage(link, state.pool.id, AbortSignal.timeout(20_000));
        if (message === undefined) continue;
        const from = { platform: state.platform, pool: state.pool.id };
        return { event: verifyEvent(message.frame, from, Date.now()), message };
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
        ...ref,
      } as const;
      const frame = frameForPeer(state.identity, state.platform, header, encodeJson({ sequence, items }));
      await link.connection.jetstream().publish(subject, frame);
    },
    setTrouble: presence.setTrouble,
    close: async () => {
      await presence.close();
      await link.close();
    },
  };
}
