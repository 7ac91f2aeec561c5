import type { Duplex } from "node:stream";
import { limits, SealrunError, toSealrunError, tokenByte } from "@sealrun/protocol";
import { answerRequest, type ScriptHandler } from "./answer-request.ts";
import { createFrameReader } from "./frames.ts";
import type { TokenPipe } from "./token-pipe.ts";

/** What the channel needs: the executor's ends of descriptors 3 and 4, and the handler that answers. */
export interface ChannelOptions {
  readonly frames: Duplex;
  /** `close` of the channel leaves it open. */
  readonly token: TokenPipe;
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
 * `idle`: the last reply was read, and a process may have the token. `receiving`: a request has begun. `answering`: the
 * executor makes the reply. `answered`: the reply is written; whether it was read shows when the token is in the pipe
 * again, or with the next request.
 */
type Turn = "idle" | "receiving" | "answering" | "answered" | "closed";

/** A script's sockets can close shortly before its exit code is known. */
const endOrderMs = 100;

/** How often the executor looks at the token within `tokenMs`. */
const looksPerTerm = 10;

/**
 * Puts the token into its pipe and answers requests one at a time until the script goes, breaks the exchange, or
 * `close`. The script's processes hand the token on among themselves, which takes a tenth of the time that it takes
 * through the executor; so the executor looks ten times within `tokenMs` whether it is there.
 */
export function serveChannel(options: ChannelOptions): Channel {
  const { frames, token, handle, tokenMs = limits.channelTokenMs } = options;
  const reader = createFrameReader();
  let turn: Turn = "idle";
  /** Looks in this turn that found no progress. Counted, because a clock also runs while this process is stopped. */
  let looks = 0;
  /** Tokens that were put back for a process that may come back with its own. */
  let spares = 0;
  let timer: NodeJS.Timeout | undefined;
  let answering: Promise<void> = Promise.resolve();

  const stop = (): void => {
    turn = "closed";
    clearTimeout(timer);
    frames.destroy();
    // Wakes a process that waits for the token. It finds that the channel is closed, and wakes the next.
    token.put();
  };

  const fail = (sentence: string, error = new SealrunError("CHANNEL_BROKEN", sentence)): void => {
    if (turn === "closed") return;
    stop();
    options.onBroken(error);
  };

  const enter = (next: Turn): void => {
    turn = next;
    looks = 0;
  };

  const checkToken = (): void => {
    const found = token.take();
    if (found.length > 1 + spares || found.some((byte) => byte !== tokenByte)) {
      return fail("The script wrote something that is not the token on descriptor 4");
    }
    if (found.length === 0) return;
    spares -= found.length - 1;
    token.put();
    enter("idle");
  };

  const look = (): void => {
    if (turn === "answering") return;
    looks += 1;
    if (turn !== "receiving") checkToken();
    if (looks <= looksPerTerm) return;
    if (turn === "receiving") return fail(`The script did not finish a request within ${tokenMs / 1000} s`);
    if (turn === "answered") return fail(`The script did not finish an exchange within ${tokenMs / 1000} s`);
    if (turn === "closed") return;
    // The process that took it was ended before it wrote anything: nothing is under way that the next could mix up.
    spares += 1;
    token.put();
    enter("idle");
  };

  const answer = async (body: Uint8Array): Promise<void> => {
    enter("answering");
    try {
      const reply = await answerRequest(body, handle);
      if (turn !== "answering") return;
      enter("answered");
      frames.write(reply);
    } catch (error) {
      fail("", toSealrunError(error));
    }
  };

  const onFrameBytes = (chunk: Uint8Array): void => {
    if (turn === "closed") return;
    // The second: bytes of the last reply are still here, so no process can have read it.
    if (turn === "answering" || frames.writableLength > 0) {
      return fail("The script wrote a request before the previous exchange was over");
    }
    if (turn !== "receiving") enter("receiving");
    try {
      const [body, ...others] = reader.push(chunk);
      if (body === undefined) return;
      if (others.length > 0 || reader.isInside()) return fail("The script wrote two requests at once");
      answering = answer(body);
    } catch (error) {
      fail("", toSealrunError(error));
    }
  };

  const onGone = (): void => {
    if (turn === "answered") checkToken();
    if (turn === "idle") return stop();
    if (turn === "closed") return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (options.hasScriptEnded()) stop();
      else fail("The script went away in the middle of an exchange");
    }, endOrderMs);
  };

  frames.on("end", onGone);
  frames.on("error", onGone);
  frames.on("data", onFrameBytes);
  timer = setInterval(look, tokenMs / looksPerTerm);
  token.put();

  return {
    close: async () => {
      stop();
      await answering;
    },
  };
}
