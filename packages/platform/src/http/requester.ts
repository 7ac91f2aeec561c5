import type { FastifyRequest } from "fastify";
import type { Requester } from "../deps.ts";

/** The requester of an HTTP request, for the audit. */
export function requesterOf({ author, id }: Pick<FastifyRequest, "author" | "id">): Requester {
  return { name: author, requestId: id };
}
