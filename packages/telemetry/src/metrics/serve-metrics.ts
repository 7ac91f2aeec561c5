import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import type { MetricSet } from "./metric-set.ts";
import { listenHere } from "./listen-here.ts";
import type { MetricsSettings } from "./settings.ts";

/** Scrapes that are answered at once; more are refused, so that they cannot fill the memory. */
const maxScrapes = 4;
const maxConnections = 16;
/** From the request to its answer. */
const answerMs = 5_000;

/**
 * Answers `GET /metrics` where the settings say, until the returned function is called. `PORT_TAKEN` when something
 * else listens there, `CONFIG_INVALID` when the socket cannot be made.
 */
export async function serveMetrics(
  set: Pick<MetricSet, "render">,
  settings: MetricsSettings,
): Promise<() => Promise<void>> {
  let scrapes = 0;
  const server = createServer({ requestTimeout: answerMs, headersTimeout: answerMs }, (request, response) => {
    const refusal = refuse(request, settings, scrapes);
    if (refusal !== undefined) return answer(response, refusal);
    scrapes += 1;
    void answerScrape(set, response).finally(() => (scrapes -= 1));
  });
  server.maxConnections = maxConnections;
  await listenHere(server, settings);
  return async () => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    server.closeAllConnections();
    await closed;
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

async function answerScrape(set: Pick<MetricSet, "render">, response: ServerResponse): Promise<void> {
  const late = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => late.resolve({ status: 503, text: "The metrics were not ready in time" }), answerMs);
  const rendered = set.render().then(
    (metrics): Answer => ({ status: 200, ...metrics }),
    (): Answer => ({ status: 500, text: "The metrics could not be written" }),
  );
  answer(response, await Promise.race([rendered, late.promise]));
  clearTimeout(timer);
}

function refuse(
  { method, url = "", headers }: IncomingMessage,
  settings: MetricsSettings,
  scrapes: number,
): Answer | undefined {
  // A page of another site must not read them under a name that it has pointed to this machine.
  if (settings.listen !== undefined && !isOwnName(headers.host)) {
    return { status: 403, text: "Expected the address of this machine as the host" };
  }
  if (url.split("?")[0] !== "/metrics") return { status: 404, text: "Only /metrics is here" };
  if (method !== "GET" && method !== "HEAD") return { status: 405, text: "Expected GET" };
  if (scrapes >= maxScrapes) return { status: 503, text: "Too many scrapes at once" };
  return undefined;
}

function isOwnName(host: string | undefined): boolean {
  const name = (host ?? "").replace(/:[0-9]+$/, "").replace(/^\[|\]$/g, "");
  return name === "localhost" || isIP(name) !== 0;
}

function answer(response: ServerResponse, { status, text, contentType = "text/plain; charset=utf-8" }: Answer): void {
  response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
  response.end(contentType.startsWith("text/plain; charset") ? `${text}\n` : text);
}
