import type { LongNeedle } from "./long-needle.ts";
import { buildTail, maxBytesOfTail, planBytes, planTail, type TailAutomaton, type TailPlan } from "./tail-automaton.ts";

/**
 * Automata of the long needles whose head was found. They grow from small to large: each has more than twice the nodes
 * of the next, or is too large to be joined, so that they are few and each needle is built only a few times.
 */
export interface OpenTails {
  automata: readonly TailAutomaton[];
  /** Changes when an automaton is added. */
  version: number;
  /** What they take. */
  bytes: number;
}

/** Larger automata are not joined: building one takes as long as all of its bytes take. */
const maxJoinedNodes = 1 << 20;

/** There are fewer while there is memory to join them: each byte of output may be read by all of them. */
const maxAutomata = 48;

export function createOpenTails(): OpenTails {
  return { automata: [], version: 0, bytes: 0 };
}

/** Opens these needles, together with automata that are not larger. False when `fits` refuses the bytes it takes. */
export function openTails(
  tails: OpenTails,
  needles: readonly LongNeedle[],
  { fits, work }: { readonly fits: (bytes: number) => boolean; readonly work: { steps: number } },
): boolean {
  const joined = joinedWith(tails.automata, sizeOf(needles));
  // While one is built, those that it replaces are still there. It has at most as many nodes as they and the needles together.
  const joinedBytes = joined.reduce((sum, { bytes }) => sum + bytes, 0);
  const ownBytes = planBytes(joined.reduce((sum, { needleBytes }) => sum + needleBytes, sizeOf(needles)));
  const isTogether = joined.length > 0 && fits(joinedBytes + maxBytesOfTail(needles) + ownBytes);
  const plan = isTogether
    ? planTail([...joined.flatMap((automaton) => automaton.needles), ...needles])
    : planAlone(tails, needles, fits);
  if (plan === undefined) return false;
  const built = buildTail(plan, work);
  const replaced = isTogether ? joined : [];
  for (const automaton of replaced) automaton.successor = built;
  tails.automata = [...tails.automata.slice(0, tails.automata.length - replaced.length), built];
  tails.version += 1;
  tails.bytes = tails.automata.reduce((sum, { bytes }) => sum + bytes, 0);
  return true;
}

/** Needles of one head may have most of their bytes in common, so that only the plan says what they take. */
function planAlone(
  { automata }: OpenTails,
  needles: readonly LongNeedle[],
  fits: (bytes: number) => boolean,
): TailPlan | undefined {
  if (automata.length === maxAutomata || !fits(planBytes(sizeOf(needles)))) return undefined;
  const plan = planTail(needles);
  return fits(plan.ownBytes + plan.automatonBytes) ? plan : undefined;
}

function joinedWith(automata: readonly TailAutomaton[], bytes: number): readonly TailAutomaton[] {
  let size = bytes;
  let from = automata.length;
  for (; from > 0; from -= 1) {
    const nodes = automata[from - 1]?.count ?? 0;
    if (nodes > 2 * size || nodes + size > maxJoinedNodes) break;
    size += nodes;
  }
  return automata.slice(from);
}

function sizeOf(needles: readonly LongNeedle[]): number {
  return needles.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
