import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";

const attribute = z.strictObject({
  key: z.string(),
  value: z.union([
    z.strictObject({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
    z.strictObject({ intValue: z.string().regex(/^-?[0-9]+$/) }).transform(({ intValue }) => Number(intValue)),
    z.strictObject({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
  ]),
});
const nanos = z.string().regex(/^[0-9]{19}$/);
const span = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string(),
  kind: z.union([z.literal(1), z.literal(2)]),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: z.array(attribute),
  status: z.strictObject({ code: z.literal(2).optional(), message: z.string().optional() }),
});
const traces = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.strictObject({ scope: z.strictObject({ name: z.string() }), spans: z.array(span) })),
    }),
  ),
});

/** A span as a collector got it. */
export interface CollectedSpan extends Omit<z.infer<typeof span>, "attributes"> {
  readonly service: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A collector of OpenTelemetry that takes OTLP as JSON over HTTP, and nothing that is not exactly that. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** What was wrong with requests. */
  readonly problems: readonly string[];
  /** The text of all requests. */
  readonly text: () => string;
  /** The status of the answers from now on. */
  readonly answerWith: (status: number) => void;
  readonly close: () => Promise<void>;
}

/** Starts one, on this port or a free one. */
export async function startCollector(port = 0): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const problems: string[] = [];
  let status = 200;
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const part of request) text += String(part);
    texts.push(text);
    const isRight = request.url === "/v1/traces" && request.headers["content-type"] === "application/json";
    let problem = isRight ? "" : `${request.url} ${request.headers["content-type"]}`;
    try {
      if (status === 200) spans.push(...read(text));
    } catch (error) {
      problem = String(error);
    }
    problems.push(...(problem === "" ? [] : [problem]));
    response.writeHead(problem === "" ? status : 400, { "content-type": "application/json" }).end("{}");
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    problems,
    text: () => texts.join("\n"),
    answerWith: (next) => void (status = next),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function read(text: string): readonly CollectedSpan[] {
  return traces.parse(JSON.parse(text)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map(({ attributes, ...one }) => ({
        ...one,
        service: String(fieldsOf(resource.attributes)["service.name"]),
        fields: fieldsOf(attributes),
      })),
    ),
  );
}

function fieldsOf(attributes: readonly z.infer<typeof attribute>[]): Readonly<Record<string, string | number>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}
