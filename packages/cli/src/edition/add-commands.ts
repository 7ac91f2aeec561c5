import type { Command } from "commander";
import type { Cli } from "../command.ts";
import { demoCommand } from "../commands/demo.ts";
import { devCommand } from "../commands/dev.ts";
import { doctorCommand } from "../commands/operator/doctor.ts";
import { natsSetupCommand } from "../commands/operator/nats-setup.ts";
import { keyringAuditCommand, partCommands, revokeCommand, tokenCommand } from "../commands/operator/part.ts";
import { versionCommand } from "../commands/version.ts";
import { clientCommands } from "./client-commands.ts";

/** Adds every command to the program; commands that only operators need are hidden from the list. */
export function addCommands(program: Command, cli: Cli): void {
  const shown = [devCommand(cli), demoCommand(cli), ...clientCommands(cli), doctorCommand(cli), versionCommand(cli)];
  for (const command of shown) program.addCommand(command);
  for (const command of [
    ...partCommands(cli),
    keyringAuditCommand(cli),
    tokenCommand(cli),
    revokeCommand(cli),
    natsSetupCommand(cli),
  ])
    program.addCommand(command, { hidden: true });
}
