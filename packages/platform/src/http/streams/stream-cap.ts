import { SealrunError } from "@sealrun/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { whenClosed } from "./event-streams.ts";

/** Counts a stream until its connection is closed; `RATE_LIMITED` when its session or token, or all, have too many. */
export type CountStream = (request: FastifyRequest, reply: FastifyReply) => void;

/** The count of one kind of stream. */
export function capStreams(max: {
  readonly perOwner: number;
  readonly all: number;
  readonly sentence: string;
}): CountStream {
  const open = new Map<string, number>();
  return (request, reply) => {
    const owner = ownerOf(request);
    const own = open.get(owner) ?? 0;
    const all = [...open.values()].reduce((sum, count) => sum + count, 0);
    if (own >= max.perOwner || all >= max.all) throw new SealrunError("RATE_LIMITED", max.sentence);
    open.set(owner, own + 1);
    whenClosed(reply, () => {
      const left = (open.get(owner) ?? 1) - 1;
      if (left === 0) open.delete(owner);
      else open.set(owner, left);
    });
  };
}

function ownerOf({ session, author }: FastifyRequest): string {
  return session === undefined ? `token ${author}` : `session ${session.id}`;
}
