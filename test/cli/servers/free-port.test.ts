import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { requireFreePort } from "../../../packages/cli/src/servers/free-port.ts";

test("requireFreePort() names a port in use, and accepts it once it is free", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(requireFreePort("127.0.0.1", port)).rejects.toMatchObject({
    code: "PORT_TAKEN",
    message: expect.stringContaining(`Port ${port} `),
  });
  server.close();
  await once(server, "close");
  await requireFreePort("127.0.0.1", port);
});
