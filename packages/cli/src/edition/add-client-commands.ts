import { SealrunError } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../command.ts";
import { executorListCommands } from "../commands/operator/executors.ts";
import { healthCommand } from "../commands/operator/health.ts";
import { holdCommands } from "../commands/operator/hold.ts";
import { versionCommand } from "../commands/version.ts";
import { clientCommands } from "./client-commands.ts";

/** Commands that start something on their own machine, or read the settings of a process there. */
const ofServer = ["dev", "demo", "doctor", "keyring", "keyring-audit", "keyring-token", "keyring-revoke", "nats-setup"];

/** Adds the commands of the client's package. Those of the server's package are not in the list, and name it. */
export function addClientCommands(program: Command, cli: Cli): void {
  for (const command of [...clientCommands(cli), versionCommand(cli)]) program.addCommand(command);
  program.addCommand(askedPart("platform", [...holdCommands(cli), healthCommand(cli)]), { hidden: true });
  program.addCommand(askedPart("executor", executorListCommands(cli)), { hidden: true });
  for (const name of ofServer) program.addCommand(nameServer(new Command(name)), { hidden: true });
}

/** `sealrun platform health` and `executor list` ask a running platform; `sealrun platform` itself would be one. */
function askedPart(name: string, commands: readonly Command[]): Command {
  const command = nameServer(new Command(name));
  for (const inner of commands) command.addCommand(inner);
  return command;
}

/** Words after the name are left unread: the sentence is the same for all of them. */
function nameServer(command: Command): Command {
  const name = command.name();
  const sentence = `sealrun ${name} is in the package sealrun-server; install that on the platform's machine and type: sealrun-server ${name}`;
  return command
    .description(sentence)
    .argument("[rest...]")
    .allowUnknownOption()
    .action(() => {
      throw new SealrunError("USAGE", sentence);
    });
}
