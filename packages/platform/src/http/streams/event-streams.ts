import { Readable } from "node:stream";
import { limits } from "@sealrun/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { findOpenSessions, type Session } from "../../access/session-store.ts";
import type { Deps } from "../../deps.ts";

/** Answers requests with server-sent events. */
export interface EventStreams {
  /** Sends what `open` yields until it ends, the client disconnects, its session ends or the platform closes. */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    open: (signal: AbortSignal) => AsyncGenerator<string>,
  ): FastifyReply;
}

/** A stream is one long request: it ends within this time after a sign-out. */
const checkMs = 5_000;

/** The streams of one server; all end before it closes. */
export function createEventStreams(
  app: FastifyInstance,
  { database, log }: Pick<Deps, "database" | "log">,
): EventStreams {
  const following = new Map<AbortController, Session | undefined>();
  const endStreamsOfClosedSessions = async (): Promise<void> => {
    const ids = new Set([...following.values()].flatMap((session) => session?.id ?? []));
    if (ids.size === 0) return;
    const open = await findOpenSessions(database, [...ids]);
    for (const [stop, session] of following) {
      // Skips a stream that was opened during the query.
      if (session !== undefined && ids.has(session.id) && !open.has(session.id)) stop.abort();
    }
  };
  const timer = setInterval(() => {
    endStreamsOfClosedSessions().catch((error: unknown) =>
      log.warn({ err: error }, "The sessions of open streams could not be checked; retrying"),
    );
  }, checkMs);
  timer.unref();
  app.addHook("preClose", async () => {
    clearInterval(timer);
    for (const stop of following.keys()) stop.abort();
  });
  return {
    send: (request, reply, open) => {
      const stop = new AbortController();
      following.set(stop, request.session);
      whenClosed(reply, () => {
        following.delete(stop);
        stop.abort();
      });
      return (
        reply
          .type("text/event-stream; charset=utf-8")
          .header("x-accel-buffering", "no")
          // A connection kept alive after the stream would delay the close of the platform.
          .header("connection", "close")
          .send(Readable.from(open(stop.signal), { objectMode: false, highWaterMark: limits.logLineBytes }))
      );
    },
  };
}

/** Calls back once when the connection is closed; at once if it is closed already. */
export function whenClosed(reply: FastifyReply, callback: () => void): void {
  if (reply.raw.destroyed) callback();
  else reply.raw.once("close", callback);
}
