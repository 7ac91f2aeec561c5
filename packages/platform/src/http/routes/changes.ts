import { limits } from "@sealrun/protocol";
import type { FastifyInstance } from "fastify";
import type { ChangeNotices } from "../../live/change-notices.ts";
import { streamChanges } from "../../live/stream-changes.ts";
import type { EventStreams } from "../streams/event-streams.ts";
import { capStreams } from "../streams/stream-cap.ts";

/** Live changes on the platform. */
export function changeRoutes(
  app: FastifyInstance,
  deps: { readonly changes: ChangeNotices; readonly streams: EventStreams },
): void {
  const count = capStreams({
    perOwner: limits.changeStreamsPerSession,
    all: limits.changeStreams,
    sentence: "Too many open pages follow the changes; close some",
  });
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
      count(request, reply);
      return deps.streams.send(request, reply, (signal) => streamChanges({ notices: deps.changes, signal }));
    },
  );
}
