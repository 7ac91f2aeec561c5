import { type ErrorBody, type ErrorCode, errorCodes, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { guardBareAnswer } from "./security-headers.ts";

/** Fastify's own errors as codes of our table. Its messages are replaced where they may quote the request. */
const fastifyCodes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    "VALUE_TOO_LARGE",
    "The body of the request is over its limit; send less in one request",
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "BAD_REQUEST",
    "This route does not accept this content type; JSON is application/json, a zip is application/zip",
  ],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [
    "BAD_REQUEST",
    "Expected a body of content type multipart/form-data or application/zip",
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["BAD_REQUEST", "Expected a JSON body, and it is empty"],
  FST_PARTS_LIMIT: ["PACKAGE_INVALID", "The upload has too many parts; leave out what the scripts do not read"],
  FST_FILES_LIMIT: ["PACKAGE_INVALID", "The upload has too many files; leave out what the scripts do not read"],
  FST_REQ_FILE_TOO_LARGE: [
    "PACKAGE_INVALID",
    "A file of the upload is over its limit; leave out what the scripts do not read",
  ],
};

/** Limits of requests count within a minute; one of streams ends when a stream is closed. */
const retryAfterSeconds = 60;

/**
 * Answers every failure with the same error body. Unexpected errors are logged with their cause and answered as
 * `INTERNAL`.
 */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const failure = translate(error);
    if (failure.code === "INTERNAL")
      request.log.error({ err: error, route: request.routeOptions.url }, "A request failed");
    if (failure.row.status === 429) void reply.header("retry-after", retryAfterSeconds);
    return reply.code(failure.row.status).send(bodyOf(failure, request.id));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const failure = new SealrunError(
      "NOT_FOUND",
      "This address does not exist; /api/v1/openapi.json lists all addresses",
    );
    return reply.code(failure.row.status).header("cache-control", "no-store").send(bodyOf(failure, request.id));
  });
}

/** Answers an address that the router cannot read; Fastify's own answer would quote it. No hook has run. */
export function answerUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const failure = translate(error);
  void guardBareAnswer(reply).code(failure.row.status).send(bodyOf(failure, request.id));
}

function translate(error: FastifyError): SealrunError {
  if (error instanceof SealrunError) return error;
  const known = fastifyCodes[error.code];
  if (known !== undefined) return new SealrunError(known[0], known[1], { cause: error });
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return new SealrunError("BAD_REQUEST", errorCodes.BAD_REQUEST.means, { cause: error });
  }
  return toSealrunError(error);
}

function bodyOf(failure: SealrunError, requestId: string): ErrorBody {
  return { error: { code: failure.code, message: failure.message, requestId } };
}
