import type { Socket } from "node:net";
import { systemCallFilter } from "./filter.ts";

/** The same for every sandbox, so it is built once. */
let filter: Buffer | undefined;

/** Bubblewrap's arguments for a filter that it reads from a descriptor. It closes that before it makes any process. */
export function filterArguments(descriptor: number): readonly string[] {
  return ["--add-seccomp-fd", String(descriptor)];
}

/** Lets a bubblewrap with `filterArguments` continue: it waits for the filter. */
export function confine(filterStream: Socket): void {
  filter ??= systemCallFilter(process.arch);
  filterStream.end(filter);
  // The end must be read: only then is the executor's descriptor closed while the sandbox runs.
  filterStream.resume();
}

/** The same for a program that has the descriptor and no sandbox: it gets no filter. */
export function leaveUnconfined(filterStream: Socket): void {
  filterStream.end();
}
