// Listens at the addresses of its arguments (127.1.0.1:443), and hands each socket, under its number, to the process that
// started it. It runs in the network namespace of a sandbox before anything of the package does, and ends with its channel.
import { createServer } from "node:net";

for (const [number, address] of process.argv.slice(2).entries()) {
  const [host, port] = address.split(":");
  const server = createServer();
  server.on("error", (error) => process.send({ number, failure: error.message }));
  server.listen({ host, port: Number(port), backlog: 128 }, () => process.send({ number }, server));
}
process.once("disconnect", () => process.exit(0));
