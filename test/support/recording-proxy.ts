import { once } from "node:events";
import { createServer, request } from "node:http";

/** One request and its answer, as they went over the wire; an answer that is still under way is what came so far. */
interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly requestHeaders: string;
  readonly requestBody: Buffer;
  readonly responseHeaders: string;
  readonly responseBody: Buffer;
}

/** Stands between a browser and a platform and keeps every byte: a browser's own tools do not give all bodies of forms. */
export interface RecordingProxy {
  readonly url: string;
  exchanges(): readonly Exchange[];
  close(): Promise<void>;
}

/** Opens one on a free port of 127.0.0.1. Answers come uncompressed, so that they can be searched. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(target);
  const records: (() => Exchange)[] = [];
  const server = createServer((near, answer) => {
    const sent: Buffer[] = [];
    const received: Buffer[] = [];
    const headers = { ...near.headers, "accept-encoding": "identity" };
    let responseHeaders = "";
    records.push(() => ({
      method: near.method ?? "",
      path: near.url ?? "",
      requestHeaders: near.rawHeaders.join("\n"),
      requestBody: Buffer.concat(sent),
      responseHeaders,
      responseBody: Buffer.concat(received),
    }));
    const far = request({ hostname, port, method: near.method, path: near.url, headers }, (response) => {
      responseHeaders = response.rawHeaders.join("\n");
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.on("data", (chunk: Buffer) => received.push(chunk)).on("error", () => answer.destroy());
      response.pipe(answer);
    });
    far.on("error", () => answer.destroy());
    answer.on("close", () => far.destroy());
    near.on("data", (chunk: Buffer) => sent.push(chunk));
    near.pipe(far);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the proxy has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    exchanges: () => records.map((record) => record()),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
