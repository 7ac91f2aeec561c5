import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import {
  answeredError,
  type AttemptRef,
  cutBatches,
  type ExecutionId,
  type Failure,
  hasEachExecutionOnce,
  SealrunError,
  toSealrunError,
} from "@sealrun/protocol";

/** How long after a request the next one is sent at the earliest: what comes meanwhile travels together. */
const spacingMs = 60;

/** The answer to one item of a request. */
type Verdict<Answer> = Answer | { readonly executionId: ExecutionId; readonly ok: false; readonly error: Failure };

/** A request about several attempts. */
interface Together<Item, Answer> {
  /** Bytes of the item in the request. */
  readonly bytesOf: (item: Item) => number;
  /** Sends one request about items of different executions; a verdict for each. */
  readonly ask: (items: readonly Item[]) => Promise<readonly Verdict<Answer>[]>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly answered: PromiseWithResolvers<Answer>;
}

/**
 * Returns a function that asks about one attempt, in one request with the others that are asked about at the same
 * moment. What comes after a pause is asked at once; what comes soon after a request waits a moment, for others to join
 * it. No answer is waited for. Each gets its own answer, or its own refusal.
 */
export function askTogether<
  Item extends AttemptRef,
  Answer extends { readonly executionId: ExecutionId; readonly ok: true },
>(together: Together<Item, Answer>): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let nextAt = 0;
  const send = async (): Promise<void> => {
    const waitMs = nextAt - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    await nextTurn();
    nextAt = performance.now() + spacingMs;
    const batches = distinct(waiting).flatMap((part) => cutBatches(part, ({ item }) => together.bytesOf(item)));
    waiting = [];
    await Promise.all(batches.map(async (batch) => askBatch(together, batch)));
  };
  return async (item) => {
    const answered = Promise.withResolvers<Answer>();
    waiting.push({ item, answered });
    if (waiting.length === 1) void send();
    return answered.promise;
  };
}

async function askBatch<
  Item extends AttemptRef,
  Answer extends { readonly executionId: ExecutionId; readonly ok: true },
>(together: Together<Item, Answer>, batch: readonly Waiting<Item, Answer>[]): Promise<void> {
  try {
    const verdicts = await together.ask(batch.map(({ item }) => item));
    for (const one of batch) {
      const { item, answered } = one;
      const verdict = verdicts.find(({ executionId }) => executionId === item.executionId);
      if (verdict === undefined) answered.reject(unanswered(item));
      else if (verdict.ok) answered.resolve(verdict);
      // The others do not wait for it: a locked execution may take long.
      else if (batch.length > 1 && verdict.error.code === "TIMED_OUT") void askBatch(together, [one]);
      else answered.reject(answeredError(verdict.error));
    }
  } catch (error) {
    const { code } = toSealrunError(error);
    // One item that the platform cannot read, or that a bug chokes on, must not hold up the others.
    const isSpoiled = batch.length > 1 && (code === "MALFORMED" || code === "INTERNAL");
    if (isSpoiled) await Promise.all(batch.map(async (one) => askBatch(together, [one])));
    else for (const { answered } of batch) answered.reject(error);
  }
}

function unanswered({ executionId }: AttemptRef): SealrunError {
  return new SealrunError("MALFORMED", `The platform's answer lacks the execution ${executionId}`);
}

/** Parts in which each execution is once. */
function distinct<T extends { readonly item: AttemptRef }>(waiting: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (const one of waiting) {
    const part = parts.find((known) => hasEachExecutionOnce([...known, one].map(({ item }) => item)));
    if (part === undefined) parts.push([one]);
    else part.push(one);
  }
  return parts;
}
