import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { SealrunError } from "@sealrun/protocol";

/** A script that was started, with or without a sandbox. */
export interface RunningScript {
  /** The executor's end of descriptor 3. */
  readonly frames: Duplex;
  /** The executor's end of descriptor 4. */
  readonly token: Duplex;
  /**
   * True once the script waits for "go" and would end with this process; false when it is gone before. Without a sandbox
   * only the wait is bound to this process: at its end the script ends without having started.
   */
  readonly ready: Promise<boolean>;
  /** The script's exit code, 128 and its number for a signal; undefined when `kill` came first. Rejects when nothing could be started. */
  readonly ended: Promise<number | undefined>;
  /** True as soon as the exit code is known. */
  readonly hasEnded: () => boolean;
  /** Asks the script to end: SIGTERM. */
  readonly terminate: () => Promise<void>;
  /** Ends everything that the script started; resolves when it is gone. May be called again, and after the end. */
  readonly kill: () => Promise<void>;
}

/** The sockets among a child's descriptors from 3 on, as many as `count`; other descriptors there are left out. An error on one of them means that its other end is gone. */
export function socketsFrom3(stdio: readonly unknown[], count: number): readonly Socket[] {
  const sockets = stdio.slice(3).filter((stream) => stream instanceof Socket);
  if (sockets.length < count) throw new SealrunError("INTERNAL", "The channel's sockets could not be made");
  for (const socket of sockets) socket.on("error", () => socket.destroy());
  return sockets;
}

/** The end of a child process. */
export interface ChildEnd {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started. */
  readonly failure: Error | undefined;
}

/**
 * How the child ends. Never rejects. It does not wait for the child's descriptors, which something that outlives the
 * child may hold.
 */
export function childEnd(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, failure: undefined });
    });
    child.once("error", (failure) => resolve({ exitCode: undefined, signal: undefined, failure }));
  });
}
