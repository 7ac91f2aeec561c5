import { decode, describeIssue, SealrunError, toSealrunError } from "@sealrun/protocol";
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import { z } from "zod";

/** Reads JSON bodies with the protocol's parser, and checks every part of a request with the route's zod schemas. */
export function parseRequests(app: FastifyInstance): void {
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      done(null, bytes.length === 0 ? undefined : decode(z.unknown(), bytes));
    } catch (error) {
      done(new SealrunError("BAD_REQUEST", `Body: ${toSealrunError(error).message}`));
    }
  });
  app.setValidatorCompiler(compile);
}

/** The message names the part, the path in it and what was expected; never what was sent. */
const compile: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) throw new SealrunError("INTERNAL", "A route's schema is not a zod schema");
  return (value: unknown) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return {
      error: new SealrunError("BAD_REQUEST", `In ${httpPart ?? "the request"}: ${describeIssue(parsed.error)}`),
    };
  };
};
