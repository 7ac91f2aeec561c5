import type { Readable } from "node:stream";
import { markProcess, type ProcessMark } from "./process-tree.ts";

/** The status that bubblewrap writes while it runs (`--json-status-fd`); the script cannot write there. */
export interface SandboxStatus {
  /** The sandbox's first process, by its id on the host; undefined when there was none, or it is gone already. */
  readonly firstProcess: Promise<ProcessMark | undefined>;
  /** The script's exit code, once it is known. */
  readonly exitCode: () => number | undefined;
  /** Settles when the status stream has ended. */
  readonly ended: Promise<void>;
}

/** Follows bubblewrap's status stream. */
export function readSandboxStatus(stream: Readable): SandboxStatus {
  const first = Promise.withResolvers<ProcessMark | undefined>();
  const ended = Promise.withResolvers<void>();
  let text = "";
  let exitCode: number | undefined;
  stream.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const child = /"child-pid": (\d+)\b/.exec(text)?.[1];
    if (child !== undefined) first.resolve(markProcess(Number(child)));
    const exit = /"exit-code": (\d+)\b/.exec(text)?.[1];
    if (exit !== undefined) exitCode = Number(exit);
  });
  stream.on("close", () => {
    first.resolve(undefined);
    ended.resolve();
  });
  return { firstProcess: first.promise, exitCode: () => exitCode, ended: ended.promise };
}
