import type { Socket } from "node:net";
import { preferForOomKill } from "../process-tree.ts";
import { systemCallFilter } from "./filter.ts";

/** The same for every sandbox, so it is built once. */
let filter: Buffer | undefined;

/** Bubblewrap's arguments for a filter that it reads from a descriptor. It closes that before it makes any process. */
export function filterArguments(descriptor: number): readonly string[] {
  return ["--add-seccomp-fd", String(descriptor)];
}

/**
 * Lets a bubblewrap with `filterArguments` continue: it waits for the filter. What it starts is the first to go when
 * memory runs out; that is set before, because its processes inherit it.
 */
export function confine(bubblewrap: number | undefined, filterStream: Socket): void {
  preferForOomKill(bubblewrap);
  filter ??= systemCallFilter(process.arch);
  filterStream.end(filter);
  // The end must be read: only then is the executor's descriptor closed while the sandbox runs.
  filterStream.resume();
}

/** The same for a program that has the descriptor and no sandbox: it gets no filter. */
export function leaveUnconfined(program: number | undefined, filterStream: Socket): void {
  preferForOomKill(program);
  filterStream.end();
}
