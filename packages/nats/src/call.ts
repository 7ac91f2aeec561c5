import { hostname } from "node:os";
import { anyAge, frameDigest, newId, openFrame, signFrame, type SigningIdentity } from "@sealrun/crypto";
import { failAfter } from "@sealrun/faults";
import {
  decode,
  type ErrorCode,
  isErrorCode,
  judgeClocks,
  limits,
  rpcRefusal,
  SealrunError,
  encodeJson,
} from "@sealrun/protocol";
import { z } from "zod";
import type { NatsLink } from "./link.ts";

/** The other side of a signed exchange. */
export interface Peer {
  readonly id: string;
  readonly signPublic: Uint8Array;
}

/** One signed request. `kind` is the verb: the frames are of kind `<verb>.request` and `<verb>.reply`. */
export interface Call<T> {
  readonly link: NatsLink;
  readonly identity: SigningIdentity;
  readonly peer: Peer;
  readonly subject: string;
  readonly kind: string;
  readonly body: unknown;
  readonly reply: z.ZodType<T>;
  readonly timeoutMs?: number;
  readonly executionId?: string;
  readonly attempt?: number;
  /** Set when a request is sent again: the same id gets the same answer. */
  readonly requestId?: string;
  /** The error code when there is no answer. */
  readonly unreachable: ErrorCode;
}

/**
 * Sends a signed request and waits for the peer's signed reply to exactly this request. A refusal is thrown with its
 * own code, or as `CLOCK_WRONG` when the clocks of both sides differ; no answer as `unreachable`.
 */
export async function call<T>(
  options: Call<T>,
): Promise<{ readonly value: T; readonly requestId: string; readonly frame: Uint8Array }> {
  const requestId = options.requestId ?? newId("request");
  const request = signFrame(
    options.identity,
    {
      v: 1,
      kind: `${options.kind}.request`,
      subject: options.subject,
      sender: options.identity.id,
      requestId,
      time: Date.now(),
      ...(options.executionId === undefined ? {} : { executionId: options.executionId }),
      ...(options.attempt === undefined ? {} : { attempt: options.attempt }),
    },
    encodeJson(options.body),
  );
  const frame = await exchange(options, request);
  const opened = openFrame(frame, {
    findKey: (sender) => (sender === options.peer.id ? options.peer.signPublic : undefined),
    expect: { kind: `${options.kind}.reply`, subject: options.subject, requestDigest: frameDigest(request) },
    // The reply names the digest of the request, which was made just now.
    ...anyAge,
  });
  const value = decode(z.union([rpcRefusal, options.reply]), opened.body);
  if (isRefusal(value)) {
    const aheadMs = opened.header.time - Date.now();
    // The request is new: only a different clock can make it look expired.
    const clocks =
      value.code === "EXPIRED" ? judgeClocks(aheadMs, { own: hostname(), other: options.peer.id }) : undefined;
    if (clocks !== undefined) throw clocks;
    throw new SealrunError(isErrorCode(value.code) ? value.code : "INTERNAL", value.message);
  }
  return { value, requestId, frame };
}

async function exchange<T>(options: Call<T>, request: Uint8Array): Promise<Uint8Array> {
  try {
    const reply = await options.link.connection.request(options.subject, request, {
      timeout: options.timeoutMs ?? limits.answerMs,
    });
    failAfter("nats");
    return reply.data;
  } catch (error) {
    throw new SealrunError(options.unreachable, "", { cause: error });
  }
}

function isRefusal(value: unknown): value is z.infer<typeof rpcRefusal> {
  return rpcRefusal.safeParse(value).success;
}
