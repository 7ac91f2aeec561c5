import type { FastifyRequest } from "fastify";
import type { Requester } from "../deps.ts";

/** Who a request is from, for the audit. */
export function requesterOf({ author, id }: Pick<FastifyRequest, "author" | "id">): Requester {
  return { name: author, requestId: id };
}
