import type { Readable } from "node:stream";
import { markProcess, type ProcessMark } from "./process-tree.ts";

/** What bubblewrap says of itself while it runs (`--json-status-fd`); the script has no part in it. */
export interface SandboxStatus {
  /** The sandbox's first process, as the host numbers it; undefined when there never was one or it is gone already. */
  readonly firstProcess: Promise<ProcessMark | undefined>;
  /** The script's exit code, once it is known. */
  readonly exitCode: () => number | undefined;
  /** Settles when nothing more will come. */
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
