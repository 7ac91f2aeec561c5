import { readdirSync } from "node:fs";
import { parentOf, signalProcess } from "../../child/process-tree.ts";

/**
 * Ends a process and everything below it at once. It is stopped first, so that it starts nothing between the look and
 * the kill.
 */
export function killTree(root: number): void {
  signalProcess(root, "SIGSTOP");
  const below = descendantsOf(root);
  signalProcess(root, "SIGKILL");
  for (const id of below) signalProcess(id, "SIGKILL");
}

/** The ids of all processes below one, parents before children. */
export function descendantsOf(root: number): readonly number[] {
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
  return found;
}
