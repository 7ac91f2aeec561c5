import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serveMetrics } from "@sealrun/telemetry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../support/free-port.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealrun-metrics-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const set = { render: async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" }) };

interface Asked {
  readonly place: { readonly socketPath: string } | { readonly port: number };
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
}

async function ask({ place, path = "/metrics", method = "GET", host = "127.0.0.1" }: Asked): Promise<string> {
  const sent = request({ ...place, path, method, headers: { host }, agent: false });
  sent.end();
  const [response] = await once(sent, "response");
  let body = "";
  for await (const part of response) body += String(part);
  return `${response.statusCode} ${body}`;
}

async function listenOn(server: Server, place: object): Promise<() => void> {
  server.listen(place);
  await once(server, "listening");
  return () => server.close();
}

describe("serveMetrics()", () => {
  test("serveMetrics() answers GET /metrics on a loopback port, and nothing else", async () => {
    const port = await freePort();
    const close = await serveMetrics(set, { listen: `127.0.0.1:${port}` });
    const place = { port };
    expect(await ask({ place })).toBe("200 up 1\n");
    expect(await ask({ place, path: "/metrics?name=x", host: "localhost:1" })).toBe("200 up 1\n");
    expect(await ask({ place, path: "/" })).toBe("404 Only /metrics is here\n");
    expect(await ask({ place, method: "POST" })).toBe("405 Expected GET\n");
    expect(await ask({ place, host: "rebound.example.com" })).toBe(
      "403 Expected the address of this machine as the host\n",
    );
    await close();
    await expect(ask({ place })).rejects.toThrow("ECONNREFUSED");
  });

  test("serveMetrics() refuses a fifth scrape at once, and answers again after the others", async () => {
    const port = await freePort();
    const gate = Promise.withResolvers<void>();
    let rendering = 0;
    const slow = {
      render: async () => {
        rendering += 1;
        await gate.promise;
        return set.render();
      },
    };
    const close = await serveMetrics(slow, { listen: `127.0.0.1:${port}` });
    const four = [1, 2, 3, 4].map(async () => ask({ place: { port } }));
    await expect.poll(() => rendering).toBe(4);
    expect(await ask({ place: { port } })).toBe("503 Too many scrapes at once\n");
    gate.resolve();
    expect(await Promise.all(four)).toEqual(Array.from({ length: 4 }, () => "200 up 1\n"));
    expect(await ask({ place: { port } })).toBe("200 up 1\n");
    await close();
  });

  test("serveMetrics() answers 500 without a reason when rendering fails", async () => {
    const port = await freePort();
    const failing = { render: async () => Promise.reject(new Error("s3cret")) };
    const close = await serveMetrics(failing, { listen: `127.0.0.1:${port}` });
    expect(await ask({ place: { port } })).toBe("500 The metrics could not be written\n");
    await close();
  });

  test("serveMetrics() fails with PORT_TAKEN for a port in use, and names it", async () => {
    const port = await freePort();
    const free = await listenOn(createServer(), { port, host: "127.0.0.1" });
    await expect(serveMetrics(set, { listen: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: "PORT_TAKEN",
      message: `127.0.0.1:${port} (metrics) is in use (EADDRINUSE); name another port`,
    });
    free();
  });

  test("serveMetrics() makes a socket for owner and group, and removes it at its end", async () => {
    const socketPath = join(folder, "own.sock");
    const close = await serveMetrics(set, { socket: socketPath });
    expect((await stat(socketPath)).mode & 0o777).toBe(0o660);
    expect(await ask({ place: { socketPath }, host: "any" })).toBe("200 up 1\n");
    await close();
    await expect(stat(socketPath)).rejects.toThrow("ENOENT");
  });

  test("serveMetrics() replaces a socket that a killed process left", async () => {
    const socketPath = join(folder, "stale.sock");
    const script = `require("node:net").createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, "SIGKILL"))`;
    expect(spawnSync(process.execPath, ["-e", script]).signal).toBe("SIGKILL");
    expect((await stat(socketPath)).isSocket()).toBe(true);
    const close = await serveMetrics(set, { socket: socketPath });
    expect(await ask({ place: { socketPath } })).toBe("200 up 1\n");
    await close();
  });

  test("serveMetrics() leaves a socket on which another process listens, and a file that is no socket", async () => {
    const [taken, file] = [join(folder, "taken.sock"), join(folder, "file")];
    const free = await listenOn(createServer(), { path: taken });
    await writeFile(file, "kept");
    await expect(serveMetrics(set, { socket: taken })).rejects.toMatchObject({
      code: "PORT_TAKEN",
      message: `Another process listens on the socket ${taken} (metrics); name another path`,
    });
    await expect(serveMetrics(set, { socket: file })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: `metrics: ${file} is not a socket; name another path or remove it`,
    });
    expect((await stat(file)).size).toBe(4);
    free();
  });

  test("serveMetrics() says which socket cannot be made, and why", async () => {
    const socket = join(folder, "missing", "metrics.sock");
    await expect(serveMetrics(set, { socket })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^metrics: the socket .*metrics\.sock cannot be made \(E[A-Z]+\); check/),
    });
    await chmod(folder, 0o700);
  });
});
