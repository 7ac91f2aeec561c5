import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Compresses the answer. Only for lists of names: the length of a compressed answer tells about its content, so one
     * that holds a secret beside text of others must not be compressed.
     */
    readonly compress?: true;
  }
}

/** Below this, the headers of an answer are longer than what is saved. */
const minLength = 1_024;
/** As fast as gzip, and smaller. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const [asBrotli, asGzip] = [promisify(brotliCompress), promisify(gzip)];

/** Compresses what routes with `config.compress` answer, if the client reads it. Streams are never compressed. */
export function compressLists(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.routeOptions.config.compress !== true || typeof payload !== "string") return payload;
    void reply.header("vary", "accept-encoding");
    const encoding = chooseEncoding(request.headers["accept-encoding"]);
    if (encoding === undefined || payload.length < minLength) return payload;
    void reply.header("content-encoding", encoding);
    return encoding === "br" ? asBrotli(payload, brotliOptions) : asGzip(payload);
  });
}

/** The better one of the encodings that a client accepts, by the header `Accept-Encoding`; undefined for neither. */
export function chooseEncoding(header: string | string[] | undefined): "br" | "gzip" | undefined {
  const accepted = new Map(
    [header ?? []]
      .flat()
      .flatMap((line) => line.toLowerCase().split(","))
      .map((entry) => entry.split(";").map((part) => part.trim()))
      .map(([name = "", ...options]) => [name, !options.some((option) => /^q=0(\.0*)?$/.test(option))]),
  );
  return (["br", "gzip"] as const).find((name) => accepted.get(name) ?? accepted.get("*") ?? false);
}
