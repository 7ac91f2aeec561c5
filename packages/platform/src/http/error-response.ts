import { type ErrorBody, type ErrorCode, errorCodes, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { guardBareAnswer } from "./security-headers.ts";

/** Fastify's own refusals, in our table. Its sentences are replaced where they can quote the request. */
const fastifyCodes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["VALUE_TOO_LARGE", "The body of the request is over its limit; send less at once"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "BAD_REQUEST",
    "Expected the content type that this route takes; JSON is application/json, a zip is application/zip",
  ],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [
    "BAD_REQUEST",
    "Expected a body of content type multipart/form-data or application/zip",
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["BAD_REQUEST", "Expected a JSON body, it is empty"],
  FST_PARTS_LIMIT: ["PACKAGE_INVALID", "The upload has too many parts; leave out what the scripts do not read"],
  FST_FILES_LIMIT: ["PACKAGE_INVALID", "The upload has too many files; leave out what the scripts do not read"],
  FST_REQ_FILE_TOO_LARGE: [
    "PACKAGE_INVALID",
    "A file of the upload is over its limit; leave out what the scripts do not read",
  ],
};

/** Answers every failure with the one error body. What is not ours is logged with its cause and told as `INTERNAL`. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const failure = translate(error);
    if (failure.code === "INTERNAL")
      request.log.error({ err: error, route: request.routeOptions.url }, "A request failed");
    return reply.code(failure.row.status).send(bodyOf(failure, request.id));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const failure = new SealrunError(
      "NOT_FOUND",
      "There is no such address; /api/v1/openapi.json lists those there are",
    );
    return reply.code(failure.row.status).header("cache-control", "no-store").send(bodyOf(failure, request.id));
  });
}

/** Answers an address that the router itself cannot read; Fastify's own answer would quote it. No hook has run. */
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
