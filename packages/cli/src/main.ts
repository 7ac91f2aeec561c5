import { fullEdition } from "./edition/full.ts";
import { startCommand } from "./start-command.ts";

await startCommand(fullEdition, process.env);
