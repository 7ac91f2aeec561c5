import { text } from "node:stream/consumers";
import { startNats } from "../../packages/cli/src/servers/nats.ts";
import { startPostgres } from "../../packages/cli/src/servers/postgres.ts";
import { startPartProcess } from "../../packages/cli/src/dev/part-process.ts";

/** Started by a test that kills it: holds PostgreSQL, NATS and a part on the data folder of its first argument. */
const dataFolder = process.argv[2] ?? "";
const programs = JSON.parse(await text(process.stdin));
await startPostgres({ programs, dataFolder, isDurable: false });
await startNats({ programs, dataFolder });
await startPartProcess({
  programs,
  name: "part",
  command: programs.node,
  args: ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", dataFolder],
  environment: {},
  logFile: `${dataFolder}/part.log`,
});
process.stdout.write("up\n");
