import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { toBase64 } from "@sealrun/crypto";
import { afterEach, expect, test } from "vitest";
import { postFrame } from "../../../executor/src/enrol/post-frame.ts";
import { bytesOf, rejectionOf } from "../../support/refusal.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<{ platformUrl: string; path: string }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { platformUrl: `http://127.0.0.1:${port}`, path: "/x" };
}

test("postFrame() gives the frame of the answer", async () => {
  const to = await serve((_, response) => void response.end(JSON.stringify({ frame: toBase64(bytesOf("yes")) })));
  expect(await postFrame(to, bytesOf("ask"), "NOT_ENROLLED")).toEqual(bytesOf("yes"));
});

test("postFrame() gives the platform's own code, and the given one for an unknown code", async () => {
  const answer =
    (code: string): RequestListener =>
    (_, response) => {
      response.statusCode = 403;
      response.end(JSON.stringify({ error: { code, message: "no", requestId: "req_1" } }));
    };
  const known = await serve(answer("RATE_LIMITED"));
  expect((await rejectionOf(postFrame(known, bytesOf("ask"), "NOT_ENROLLED"))).code).toBe("RATE_LIMITED");
  const unknown = await serve(answer("SOMETHING_NEW"));
  expect((await rejectionOf(postFrame(unknown, bytesOf("ask"), "NOT_ENROLLED"))).code).toBe("NOT_ENROLLED");
});

test("postFrame() says PLATFORM_UNREACHABLE when the platform is away, breaks off, redirects or is another server", async () => {
  const brokenOff = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    setImmediate(() => response.destroy());
  });
  const elsewhere = await serve((_, response) => {
    response.writeHead(307, { location: "http://127.0.0.1:9/" });
    response.end();
  });
  const proxy = await serve((_, response) => {
    response.statusCode = 502;
    response.end("<html>bad gateway</html>");
  });
  for (const to of [{ platformUrl: "http://127.0.0.1:9", path: "/x" }, brokenOff, elsewhere, proxy]) {
    expect((await rejectionOf(postFrame(to, bytesOf("ask"), "NOT_ENROLLED"))).code).toBe("PLATFORM_UNREACHABLE");
  }
});
