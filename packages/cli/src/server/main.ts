import { serverEdition } from "../edition/full.ts";
import { startCommand } from "../start-command.ts";

await startCommand(serverEdition, process.env);
