import { readdirSync } from "node:fs";
import {
  markNow,
  parentOf,
  type ProcessMark,
  signalProcess,
  stopAtOnce,
  waitUntilGone,
} from "../../child/process-tree.ts";

/**
 * Ends a process and everything below it at once, and returns what was below. It is stopped first, so that it starts
 * nothing between the look and the kill; the first process of a PID namespace takes all of that one with it. Bubblewrap's
 * first process waits for bubblewrap, without a limit and deaf to SIGTERM, before its life is tied to it: if it were
 * missed here, nothing would ever end it.
 */
export function killTree(root: number): readonly ProcessMark[] {
  stopAtOnce(root);
  const below = marksBelow(root);
  signalProcess(root, "SIGKILL");
  for (const { id } of below) signalProcess(id, "SIGKILL");
  return below;
}

/** Waits until none of these processes is left. */
export async function waitUntilAllGone(marks: readonly ProcessMark[]): Promise<void> {
  await Promise.all(marks.map(waitUntilGone));
}

/** All processes below one, parents before children. */
export function marksBelow(root: number): readonly ProcessMark[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  for (let level = [root]; level.length > 0;) {
    level = level.flatMap((id) => childrenOf.get(id) ?? []);
    found.push(...level);
  }
  return found.flatMap((id) => markNow(id) ?? []);
}
