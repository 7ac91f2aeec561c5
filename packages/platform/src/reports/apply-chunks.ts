import { type AttemptRef, type EarlyLine, type FinishedStep, limits, type ReportItem } from "@sealrun/protocol";
import { stepEntry, systemLine } from "../executions/feed-entries.ts";
import type { FeedEntry } from "../feed/feed-store.ts";
import { isMergeDue } from "../feed/merge-blocks.ts";
import { closeStep, endStep, endStepEarly, noteTry, startStep } from "../executions/step-changes.ts";
import type { StepName, StepState } from "../executions/step-store.ts";
import type { AttemptState, Chunk } from "./attempt-state.ts";
import { readTime } from "./read-time.ts";

/** A secret that a step asked for. */
type ReadItem = Extract<ReportItem, { type: "read" }>;

/** Connections of a step to a named host. */
type ConnectedItem = Extract<ReportItem, { type: "connected" }>;

/** The end that comes with an attempt's last chunk. */
interface GivenEnd {
  readonly status: "succeeded" | "failed" | "cancelled";
  readonly lastSequence: number;
  /** How steps ended whose own reports are missing. */
  readonly steps?: readonly FinishedStep[] | undefined;
}

/** What is given for an attempt. */
export interface Given {
  readonly chunks: readonly Chunk[];
  readonly end?: GivenEnd | undefined;
  /** Show chunks over gaps: what is missing is no longer awaited. */
  readonly overGaps?: boolean;
}

/** What chunks change. */
export interface AppliedChunks {
  readonly of: AttemptRef;
  /** Chunks to store; without items once they are in the feed. */
  readonly kept: readonly { readonly sequence: number; readonly items: readonly ReportItem[] | null }[];
  readonly appliedSequence: number;
  readonly steps: readonly StepState[];
  readonly reads: readonly ReadItem[];
  readonly connected: readonly ConnectedItem[];
  readonly entries: readonly FeedEntry[];
  readonly end: GivenEnd | undefined;
  /** Every report of the ended execution is in, and was not before. */
  readonly isComplete: boolean;
  /** Chunks up to the last one that are still missing. */
  readonly missing: readonly number[];
  /** Small blocks of the feed are merged after this. */
  readonly mustMerge: boolean;
}

/**
 * Appends to the feed the chunks without a gap before them, then the end. A chunk that is stored already changes
 * nothing. For an attempt that was put back, or whose execution has a newer attempt, lines and reads count and steps do
 * not: these belong to the newest attempt, which started them again. Once all reports of an ended execution are in,
 * steps that it never reached are closed.
 */
export function applyChunks(state: AttemptState, { chunks, end, overGaps = false }: Given): AppliedChunks {
  const stored = new Set(state.stored);
  const fresh = new Map(chunks.filter(({ sequence }) => !stored.has(sequence)).map((chunk) => [chunk.sequence, chunk]));
  // Once reports count as missing, later chunks are shown at once.
  const isOpen = overGaps || state.reports === "gaps";
  const { taken, last } = takeInOrder([...state.waiting, ...fresh.values()], state.appliedSequence, isOpen);
  const missing = state.missing.filter((sequence) => !fresh.has(sequence));
  const steps = createSteps(state.steps);
  const reads: ReadItem[] = [];
  const connected: ConnectedItem[] = [];
  const entries: FeedEntry[] = [];
  for (const item of taken.flatMap(({ items }) => items)) {
    // Ignore steps that the execution does not have.
    if (item.step !== null && steps.find(item.step) === undefined) continue;
    if (!state.isNewest && item.type.startsWith("step-")) continue;
    if (item.type === "read") reads.push(item);
    else if (item.type === "connected") connected.push(item);
    else entries.push(...entriesOf(item, steps));
  }
  if (end !== undefined) {
    if (missing.length > 0) end.steps?.forEach((told) => steps.change(told.step, (step) => endStepEarly(step, told)));
    entries.push({ kind: "status", body: { status: end.status } });
  }
  const awaited = end?.lastSequence ?? lastAwaited(state);
  const isComplete = awaited !== undefined && missing.length === 0 && last >= awaited;
  if (isComplete) entries.push(...steps.closeAll().map(stepEntry));
  if (isComplete && state.reports === "gaps") {
    entries.push(systemLine("info", "The missing reports of this run have arrived"));
  }
  const shown = new Set(taken.map(({ sequence }) => sequence));
  const kept = [
    ...[...fresh.values()].filter(({ sequence }) => !shown.has(sequence)),
    ...[...shown].map((sequence) => ({ sequence, items: null })),
  ];
  const of = { executionId: state.executionId, attempt: state.attempt };
  const isLast = end !== undefined || isComplete;
  const mustMerge = (isLast || entries.length > 0) && isMergeDue({ live: state.liveBlocks, isLast });
  return {
    of,
    kept,
    appliedSequence: last,
    steps: steps.changed(),
    reads,
    connected,
    entries,
    end,
    isComplete,
    missing,
    mustMerge,
  };
}

/** The first line among the items of a chunk, as `applyChunks` adds it to the feed; undefined without one. */
export function firstLineOf(items: readonly ReportItem[], steps: readonly StepName[]): EarlyLine | undefined {
  for (const item of items) {
    if (item.type !== "log") continue;
    const step = steps.find(({ position }) => position === item.step);
    if (item.step !== null && step === undefined) continue;
    const { stream, body } = logEntry(item, step);
    return { stream, ...body };
  }
  return undefined;
}

/** The chunks in order: all of them with `isOpen`, otherwise those before the first gap. */
function takeInOrder(chunks: readonly Chunk[], applied: number, isOpen: boolean) {
  let last = applied;
  const taken: Chunk[] = [];
  for (const chunk of chunks.toSorted((a, b) => a.sequence - b.sequence)) {
    if (chunk.sequence !== last + 1 && !isOpen) break;
    taken.push(chunk);
    last = Math.max(last, chunk.sequence);
  }
  return { taken, last };
}

/** The last chunk of an ended execution whose reports are not all in. */
function lastAwaited({ isCurrent, reports, lastSequence }: AttemptState): number | undefined {
  const isAwaited = reports === "awaited" || reports === "gaps";
  return isCurrent && isAwaited && lastSequence !== null ? lastSequence : undefined;
}

type Steps = ReturnType<typeof createSteps>;

/** The steps of an execution while chunks change them. */
function createSteps(before: readonly StepState[]) {
  const steps = new Map(before.map((step) => [step.position, step]));
  const changed = new Set<number>();
  const change = (position: number, by: (step: StepState) => StepState | undefined): StepState | undefined => {
    const step = steps.get(position);
    const next = step === undefined ? undefined : by(step);
    if (next === undefined) return undefined;
    steps.set(position, next);
    changed.add(position);
    return next;
  };
  return {
    find: (position: number) => steps.get(position),
    change,
    closeAll: () => [...steps.keys()].flatMap((position) => change(position, closeStep) ?? []),
    changed: () => [...steps.values()].filter(({ position }) => changed.has(position)),
  };
}

function entriesOf(item: Exclude<ReportItem, ReadItem | ConnectedItem>, steps: Steps): readonly FeedEntry[] {
  switch (item.type) {
    case "log":
      return [logEntry(item, item.step === null ? undefined : steps.find(item.step))];
    case "step-started": {
      const at = readTime(item.time).toISOString();
      const started = steps.change(item.step, (step) => startStep(step, at));
      steps.change(item.step, (step) => noteTry(step, item.try ?? 1));
      return started?.status === "running" ? [stepEntry(started)] : [];
    }
    case "step-finished": {
      const ended = steps.change(item.step, (step) => endStep(step, item));
      return ended === undefined ? [] : [stepEntry(ended)];
    }
  }
}

function logEntry(
  { step, stream, level, text, time }: Extract<ReportItem, { type: "log" }>,
  of: StepName | undefined,
): Extract<FeedEntry, { kind: "log" }> {
  return {
    kind: "log",
    step,
    stream,
    body: {
      step: of?.name ?? null,
      level: level ?? null,
      text: text.slice(0, 2 * limits.logLineBytes),
      time: readTime(time).toISOString(),
    },
  };
}
