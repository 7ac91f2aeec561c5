import type { Duplex } from "node:stream";
import { SealrunError } from "@sealrun/protocol";

const readyLine = "ready\n";
const goLine = "go\n";

/** The exit code of `start.sh` for a program that does not exist. */
export const programMissingExit = 69;

/**
 * Waits until `start.sh` writes "ready" on descriptor 3; false when the stream ends first. Then the stream is paused.
 * Rejects with `CHANNEL_BROKEN` for any other text.
 */
export function waitForReady(frames: Duplex): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let text = "";
    const settle = (): void => {
      frames.off("data", onData);
      frames.off("end", onEnd);
      frames.off("close", onEnd);
      frames.pause();
    };
    const onEnd = (): void => {
      settle();
      resolve(false);
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (text === readyLine) {
        settle();
        resolve(true);
      } else if (!readyLine.startsWith(text)) {
        settle();
        reject(new SealrunError("CHANNEL_BROKEN", "Descriptor 3 was written to before the script was started"));
      }
    };
    frames.on("data", onData);
    frames.on("end", onEnd);
    frames.on("close", onEnd);
  });
}

/**
 * Lets the script start: the first bytes that the executor writes on descriptor 3, before any frame. A process that was
 * started ahead of its step gets its own text instead of the plain line.
 */
export function writeGo(frames: Duplex, text: string = goLine): void {
  frames.write(text);
}
