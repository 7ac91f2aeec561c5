import { resolve } from "node:path";
import { packClient } from "./pack-client.ts";
import { packServer } from "./pack-server.ts";

const destination = resolve(process.argv[2] ?? "packed");
for (const { tarball } of [await packClient(destination), await packServer(destination)]) {
  process.stdout.write(`${tarball}\n`);
}
