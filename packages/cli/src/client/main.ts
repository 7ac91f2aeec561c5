import { clientEdition } from "../edition/client.ts";
import { startCommand } from "../start-command.ts";

await startCommand(clientEdition, process.env);
