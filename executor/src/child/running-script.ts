import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { SealrunError } from "@sealrun/protocol";
import type { StepProcesses } from "./limits/step-processes.ts";

/** A started script, with or without a sandbox. */
export interface RunningScript {
  /** The executor's end of descriptor 3. */
  readonly frames: Duplex;
  /**
   * True once the script waits for "go" and would end with this process; false when it ended before. Without a sandbox
   * it ends with this process only while it waits for "go".
   */
  readonly ready: Promise<boolean>;
  /**
   * The script's exit code, or 128 + the number of a signal; undefined when `kill` came first. Rejects when it did not
   * start.
   */
  readonly ended: Promise<number | undefined>;
  /** The processes to watch, once it is ready; undefined when it is gone. The caller closes them. */
  readonly processes: () => Promise<StepProcesses | undefined>;
  /** True as soon as the exit code is known. */
  readonly hasEnded: () => boolean;
  /** Asks the script to end: SIGTERM. */
  readonly terminate: () => Promise<void>;
  /** Ends all processes of the script; resolves when they are gone. May be called again, and after the end. */
  readonly kill: () => Promise<void>;
}

/**
 * The `count` sockets among a child's descriptors from 3 on. An error on a socket means that the child's end is gone,
 * so it only closes the socket.
 */
export function socketsFrom3(stdio: readonly unknown[], count: number): readonly Socket[] {
  const sockets = stdio.slice(3).filter((stream) => stream instanceof Socket);
  if (sockets.length < count)
    throw new SealrunError("MACHINE_FAILED", "The channel's sockets could not be made: no file descriptors are left");
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
 * How the child ends. Never rejects. It does not wait for the child's descriptors, which another process may keep open
 * after the child's end.
 */
export function childEnd(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => {
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, failure: undefined });
    });
    child.once("error", (failure) => resolve({ exitCode: undefined, signal: undefined, failure }));
  });
}

/** The name of the signal that an exit code over 128 stands for, by the shells' convention. */
export function signalOf(exitCode: number | undefined): string | undefined {
  if (exitCode === undefined || exitCode <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
}
