import { Readable } from "node:stream";
import { limits } from "@sealrun/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isSessionOpen } from "../access/session-store.ts";
import type { Deps } from "../deps.ts";

/** Answers requests with server-sent events. */
export interface EventStreams {
  /** Sends what `open` yields until it ends, the reader leaves, its session ends or the platform closes. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    open: (signal: AbortSignal) => AsyncGenerator<string>,
  ): FastifyReply;
}

const lookMs = 15_000;

/** Streams of one server, all ended before it closes. */
export function createEventStreams(
  app: FastifyInstance,
  { database, log }: Pick<Deps, "database" | "log">,
): EventStreams {
  const following = new Set<AbortController>();
  app.addHook("preClose", async () => {
    for (const stop of following) stop.abort();
  });
  /** A stream is one long request: signing out must reach it. */
  const watchSession = (request: FastifyRequest, stop: AbortController): (() => void) => {
    const { session } = request;
    if (session === undefined) return () => undefined;
    const timer = setInterval(() => {
      isSessionOpen(database, session.id).then(
        (isOpen) => {
          if (!isOpen) stop.abort();
        },
        (error: unknown) => log.warn({ err: error }, "A session could not be looked at; trying again"),
      );
    }, lookMs);
    return () => clearInterval(timer);
  };
  return {
    send: (request, reply, open) => {
      const stop = new AbortController();
      following.add(stop);
      const unwatch = watchSession(request, stop);
      whenClosed(reply, () => {
        following.delete(stop);
        unwatch();
        stop.abort();
      });
      return (
        reply
          .type("text/event-stream; charset=utf-8")
          .header("x-accel-buffering", "no")
          // Kept alive after its end, the connection would hold up a platform that closes.
          .header("connection", "close")
          .send(Readable.from(open(stop.signal), { objectMode: false, highWaterMark: limits.logLineBytes }))
      );
    },
  };
}

/** Calls back once when the connection is closed, which it may be already. */
export function whenClosed(reply: FastifyReply, callback: () => void): void {
  if (reply.raw.destroyed) callback();
  else reply.raw.once("close", callback);
}
