import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { fastify } from "fastify";
import { expect, test } from "vitest";
import { chooseEncoding, compressLists } from "../../../packages/platform/src/http/compress-lists.ts";

const names = Array.from({ length: 500 }, (_, index) => `SECRET_${index}`);

function server() {
  const app = fastify();
  compressLists(app);
  app.get("/names", { config: { compress: true } }, async () => ({ names }));
  app.get("/one", { config: { compress: true } }, async () => ({ names: names.slice(0, 1) }));
  app.get("/log", async () => ({ names }));
  return app;
}

test.each([
  [undefined, undefined],
  ["", undefined],
  ["gzip, deflate, br, zstd", "br"],
  ["GZIP", "gzip"],
  ["br;q=0, gzip;q=0.5", "gzip"],
  ["*", "br"],
  ["br;q=0.0, *", "gzip"],
  ["identity", undefined],
])("chooseEncoding() of %j is %s", (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding);
});

test("compressLists() sends a list in what the client reads, and whole", async () => {
  const get = async (encoding: string) => server().inject({ url: "/names", headers: { "accept-encoding": encoding } });
  const [brotli, zipped, plain] = [await get("br, gzip"), await get("gzip"), await get("identity")];
  expect(brotli.headers).toMatchObject({ "content-encoding": "br", vary: "accept-encoding" });
  expect(JSON.parse(brotliDecompressSync(brotli.rawPayload).toString())).toEqual({ names });
  expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4);
  expect(zipped.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.payload);
  expect(plain.headers["content-encoding"]).toBeUndefined();
});

test("compressLists() leaves short answers and other routes as they are", async () => {
  for (const url of ["/one", "/log"]) {
    const answer = await server().inject({ url, headers: { "accept-encoding": "br" } });
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(answer.json()).toHaveProperty("names");
  }
});
