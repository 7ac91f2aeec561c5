import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { findFreePort, requireFreePort } from "../../../packages/cli/src/servers/free-port.ts";

test("findFreePort() gives a port that can be listened on, and that no connection is given meanwhile", async () => {
  const port = await findFreePort("127.0.0.1");
  expect(port).toBeGreaterThan(10_080);
  expect(port).toBeLessThan(32_768);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
  await once(server, "close");
});

test("findFreePort() says what is wrong with an address that this machine does not have", async () => {
  await expect(findFreePort("192.0.2.1")).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringContaining("this machine does not have that address"),
  });
});

test("requireFreePort() names a port in use, and accepts it once it is free", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(requireFreePort("127.0.0.1", port)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: `Port ${port} on 127.0.0.1 is in use, by another program or by a sealrun that runs already; choose another, or 0 for any free one`,
  });
  for (const [option, end] of [
    ["--port", "choose another with --port, or 0 for any free one"],
    ["--metrics-port", "choose another with --metrics-port"],
  ] as const) {
    await expect(requireFreePort("127.0.0.1", port, option)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${end}$`)),
    });
  }
  server.close();
  await once(server, "close");
  await requireFreePort("127.0.0.1", port);
});

test("requireFreePort() says what is wrong with an address that this machine does not have", async () => {
  await expect(requireFreePort("192.0.2.1", 0)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: "Port 0 on 192.0.2.1 cannot be used: this machine does not have that address; choose another",
  });
});
