import type { FinishedStep, ReportItem } from "@sealrun/protocol";
import type { Urgency } from "./worker-frames.ts";

/** Some report items of one attempt, masked, with what the supervisor must know of them: it does not read them. */
export interface ReportPiece {
  /** The items as JSON, joined by commas. */
  readonly items: Uint8Array;
  readonly urgency: Urgency;
  /** The ends of steps among them. */
  readonly ends: readonly FinishedStep[];
}

/** Maximum bytes of a piece. One item is smaller, and two of them and a chunk fit into one message of NATS. */
export const maxPieceBytes = 768 * 1024;

/** Collects report items, in their order. */
export interface PieceMaker {
  add(item: ReportItem): void;
  /** How many characters of JSON there are. */
  bytes(): number;
  pack(): ReportPiece;
}

export function createPiece(): PieceMaker {
  const texts: string[] = [];
  const ends: FinishedStep[] = [];
  let bytes = 0;
  let urgency: Urgency = "start";
  return {
    add: (item) => {
      const text = JSON.stringify(item);
      texts.push(text);
      bytes += text.length + 1;
      if (item.type === "step-finished") ends.push(stepEndOf(item));
      urgency = moreUrgent(urgency, urgencyOf(item.type));
    },
    bytes: () => bytes,
    pack: () => ({ items: Buffer.from(texts.join(",")), urgency, ends }),
  };
}

/** A piece of these items. */
export function packItems(items: readonly ReportItem[]): ReportPiece {
  const piece = createPiece();
  for (const item of items) piece.add(item);
  return piece.pack();
}

const order: readonly Urgency[] = ["line", "quiet", "start"];

function moreUrgent(one: Urgency, other: Urgency): Urgency {
  return order.indexOf(one) < order.indexOf(other) ? one : other;
}

function urgencyOf(type: ReportItem["type"]): Urgency {
  switch (type) {
    case "log":
      return "line";
    case "step-started":
      return "start";
    case "step-finished":
    case "read":
    case "connected":
      return "quiet";
  }
}

function stepEndOf(item: Extract<ReportItem, { type: "step-finished" }>): FinishedStep {
  const { step, status, exitCode, durationMs, peakMemoryBytes, cpuMs, error } = item;
  return {
    step,
    status,
    exitCode,
    durationMs,
    ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }),
    ...(cpuMs === undefined ? {} : { cpuMs }),
    ...(error === undefined ? {} : { error }),
  };
}
