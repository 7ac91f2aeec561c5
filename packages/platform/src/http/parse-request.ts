import { Readable } from "node:stream";
import { describeIssue, fields, limits, parseStrictJson, SealrunError } from "@sealrun/protocol";
import type { FastifyInstance, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { z } from "zod";

/** Fastify limits the bytes. A value may have `limits.jsonDepth` levels; the message around it adds its own. */
const bodyRules = {
  file: "Body",
  code: "BAD_REQUEST",
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxDepth: limits.jsonDepth + 16,
} as const;

/**
 * Reads JSON bodies strictly, and checks every part of a request with the route's zod schemas. A route without a schema
 * for its body or its query takes none: what comes is refused like an unknown field.
 */
export function parseRequests(app: FastifyInstance): void {
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    try {
      refuseCharset(request.headers["content-type"] ?? "");
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      done(null, bytes.length === 0 ? undefined : parseStrictJson(bytes, bodyRules).value);
    } catch (error) {
      done(error instanceof Error ? error : null);
    }
  });
  app.setValidatorCompiler(compile);
  app.addHook("preValidation", async (request) => {
    if (request.is404 || request.routeOptions.url?.startsWith("/api/") !== true) return;
    refuseControlCharacters("params", request.params);
    refuseControlCharacters("querystring", request.query);
    refuseWithoutSchema(request);
  });
}

/** The message names the part, the path in it and what was expected; never what was sent. */
const compile: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  if (!(schema instanceof z.ZodType)) throw new SealrunError("INTERNAL", "A route's schema is not a zod schema");
  return (value: unknown) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return { error: refusalOf(httpPart ?? "", parsed.error) };
  };
};

const nothing = fields({});

function refuseWithoutSchema({ routeOptions, query, body }: FastifyRequest): void {
  const { schema } = routeOptions;
  if (schema?.querystring === undefined) refuseAny("querystring", query);
  if (schema?.body === undefined && body != null && !(body instanceof Readable)) refuseAny("body", body);
}

function refuseAny(part: string, given: unknown): void {
  const parsed = nothing.safeParse(given);
  if (!parsed.success) throw refusalOf(part, parsed.error);
}

function refusalOf(part: string, error: z.ZodError): SealrunError {
  return new SealrunError("BAD_REQUEST", `In the ${shownParts[part] ?? "request"}: ${describeIssue(error)}`);
}

/** Fastify's names of the parts of a request, and the names that people know. */
const shownParts: Readonly<Record<string, string>> = { querystring: "query", params: "path", body: "body" };

const byName = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** No name, id or filter holds one, and PostgreSQL refuses text with a zero byte. */
function refuseControlCharacters(part: string, given: unknown): void {
  for (const [name, values] of Object.entries(byName.safeParse(given).data ?? {})) {
    if (!/\p{Cc}/u.test([values].flat().join("") + name)) continue;
    throw new SealrunError(
      "BAD_REQUEST",
      `In the ${shownParts[part] ?? "request"}: expected text without control characters`,
    );
  }
}

/** JSON between programs is UTF-8; a body in another charset would be misread without an error. */
function refuseCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || charset === "utf-8" || charset === "utf8") return;
  throw new SealrunError("BAD_REQUEST", "Body: expected JSON in UTF-8; send it as application/json without a charset");
}
