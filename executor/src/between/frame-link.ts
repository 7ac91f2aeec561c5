import type { Duplex } from "node:stream";
import { decode } from "@sealrun/protocol";
import type { z } from "zod";
import { createFrameReader, encodeFrame, splitBody } from "../channel/frames.ts";

/** One end of the socket between a supervisor and a worker. */
export interface FrameLink<Out extends object> {
  /** Sends a frame; the promise settles once it has left this process, or never will. */
  send(head: Out, raw?: Uint8Array): Promise<void>;
  close(): void;
}

/**
 * Reads frames from `socket`, each checked against a schema. `onFrame` gets them in order. `onEnd` is called once: with
 * what is wrong with a frame, or with undefined at the end of the stream.
 */
export function openFrameLink<In, Out extends object>(
  socket: Duplex,
  given: {
    readonly schema: z.ZodType<In>;
    readonly maxBytes: number;
    readonly onFrame: (head: In, raw: Uint8Array | undefined) => void;
    readonly onEnd: (error?: unknown) => void;
  },
): FrameLink<Out> {
  const reader = createFrameReader(given.maxBytes);
  let hasEnded = false;
  const end = (error?: unknown): void => {
    if (hasEnded) return;
    hasEnded = true;
    socket.destroy();
    given.onEnd(error);
  };
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const body of reader.push(chunk)) {
        if (hasEnded) return;
        const { head, raw } = splitBody(body);
        given.onFrame(decode(given.schema, head), raw);
      }
    } catch (error) {
      end(error);
    }
  });
  socket.on("error", () => end());
  socket.on("close", () => end());
  socket.on("end", () => end());
  return {
    send: async (head, raw) =>
      new Promise((resolve) => {
        if (hasEnded || socket.destroyed) resolve();
        else socket.write(encodeFrame(head, raw), () => resolve());
      }),
    close: () => end(),
  };
}
