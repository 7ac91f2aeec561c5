import type { Duplex } from "node:stream";
import { limits, SealrunError, toSealrunError, tokenByte } from "@sealrun/protocol";
import { answerRequest, type ScriptHandler } from "./answer-request.ts";
import { createFrameReader } from "./frames.ts";

/** What the channel needs: the executor's ends of descriptors 3 and 4, and the handler that answers. */
export interface ChannelOptions {
  readonly frames: Duplex;
  readonly token: Duplex;
  readonly handle: ScriptHandler;
  /** Called once, when the script breaks the exchange; never after `close`. */
  readonly onBroken: (error: SealrunError) => void;
  /** True once the script itself has ended: jobs that it left behind may then die in the middle of an exchange. */
  readonly hasScriptEnded: () => boolean;
  /** How long the script may take for its part of one exchange. */
  readonly tokenMs?: number;
}

/** A channel being served. */
export interface Channel {
  /** Stops serving; waits for an answer that is being made, so that a `set` under way is completed. */
  readonly close: () => Promise<void>;
}

/**
 * `laid`: the token can be taken (the executor cannot see whether a process has taken it). `receiving`: a request has
 * begun. `answering`: the executor makes the reply. `returning`: the reply is written, the token is not back yet.
 */
type Turn = "laid" | "receiving" | "answering" | "returning" | "closed";

/** A script's sockets can close shortly before its exit code is known. */
const endOrderMs = 100;

/** Lays the token and answers requests one at a time until the script goes, breaks the exchange, or `close`. */
export function serveChannel(options: ChannelOptions): Channel {
  const { frames, token, handle, tokenMs = limits.channelTokenMs } = options;
  const reader = createFrameReader();
  let turn: Turn = "laid";
  let timer: NodeJS.Timeout | undefined;
  let answering: Promise<void> = Promise.resolve();

  const stop = (): void => {
    turn = "closed";
    clearTimeout(timer);
    frames.destroy();
    token.destroy();
  };

  const fail = (sentence: string, error = new SealrunError("CHANNEL_BROKEN", sentence)): void => {
    if (turn === "closed") return;
    stop();
    options.onBroken(error);
  };

  const enter = (next: Turn, sentence?: string): void => {
    clearTimeout(timer);
    turn = next;
    if (sentence !== undefined) timer = setTimeout(fail, tokenMs, sentence);
  };

  const layToken = (): void => {
    enter("laid");
    token.write(Buffer.of(tokenByte));
  };

  const answer = async (body: Uint8Array): Promise<void> => {
    enter("answering");
    try {
      const reply = await answerRequest(body, handle);
      if (turn !== "answering") return;
      enter("returning", `The script did not finish an exchange within ${tokenMs / 1000} s`);
      frames.write(reply);
    } catch (error) {
      fail("", toSealrunError(error));
    }
  };

  const onFrameBytes = (chunk: Uint8Array): void => {
    if (turn === "closed") return;
    if (turn === "answering" || turn === "returning") {
      return fail("The script wrote a request before the previous exchange was over");
    }
    if (turn === "laid") enter("receiving", `The script did not finish a request within ${tokenMs / 1000} s`);
    try {
      const [body, ...others] = reader.push(chunk);
      if (body === undefined) return;
      if (others.length > 0 || reader.isInside()) return fail("The script wrote two requests at once");
      answering = answer(body);
    } catch (error) {
      fail("", toSealrunError(error));
    }
  };

  const onTokenBytes = (chunk: Uint8Array): void => {
    if (turn === "closed") return;
    if (chunk.length !== 1 || chunk[0] !== tokenByte) {
      return fail("The script wrote something that is not the token on descriptor 4");
    }
    // A caller may take the token and give it back without a request.
    if (turn === "laid" || turn === "returning") layToken();
    else fail("The script gave the token back in the middle of an exchange");
  };

  const onGone = (): void => {
    if (turn === "laid") return stop();
    if (turn === "closed") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (options.hasScriptEnded()) stop();
      else fail("The script went away in the middle of an exchange");
    }, endOrderMs);
  };

  for (const socket of [frames, token]) {
    socket.on("end", onGone);
    socket.on("error", onGone);
  }
  frames.on("data", onFrameBytes);
  token.on("data", onTokenBytes);
  layToken();

  return {
    close: async () => {
      stop();
      await answering;
    },
  };
}
