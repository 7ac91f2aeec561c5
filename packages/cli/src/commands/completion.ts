import { Argument, Command } from "commander";
import type { Cli } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { completedCommand } from "../completion/tree.ts";
import { zshCompletion } from "../completion/zsh.ts";

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const shells = ["bash", "zsh", "fish"] as const;

/** `sealrun completion`. */
export function completionCommand(cli: Cli): Command {
  const command = new Command("completion")
    .description("Print a script with which a shell completes commands and options")
    .addArgument(new Argument("<shell>", "your shell").choices(shells))
    .action((shell: (typeof shells)[number]) => {
      cli.output.line(scripts[shell](completedCommand(rootOf(command))).trimEnd());
    });
  return command;
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
