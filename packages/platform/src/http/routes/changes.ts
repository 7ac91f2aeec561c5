import { limits, SealrunError } from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ChangeNotices } from "../../live/change-notices.ts";
import { streamChanges } from "../../live/stream-changes.ts";
import { type EventStreams, whenClosed } from "../event-streams.ts";

/** Live changes on the platform. */
export function changeRoutes(
  app: FastifyInstance,
  deps: { readonly changes: ChangeNotices; readonly streams: EventStreams },
): void {
  const open = new Map<string, number>();
  app.get(
    "/api/v1/changes",
    {
      config: { access: "admin" },
      schema: {
        summary: "Follow changes as server-sent events: topics, no names",
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const key = ownerOf(request);
      const own = open.get(key) ?? 0;
      refuseTooMany(
        own,
        [...open.values()].reduce((sum, count) => sum + count, 0),
      );
      open.set(key, own + 1);
      whenClosed(reply, () => {
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      });
      return deps.streams.send(request, reply, (signal) => streamChanges({ notices: deps.changes, signal }));
    },
  );
}

function ownerOf({ session, author }: FastifyRequest): string {
  return session === undefined ? `token ${author}` : `session ${session.id}`;
}

function refuseTooMany(own: number, all: number): void {
  if (own < limits.changeStreamsPerSession && all < limits.changeStreams) return;
  throw new SealrunError("RATE_LIMITED", "Too many open pages follow the changes; close some");
}
