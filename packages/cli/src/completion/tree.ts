import type { Command } from "commander";

/** One option of a command, as it is typed. */
export interface CompletedOption {
  /** `--json`, and `-f` where it has a short form. */
  readonly flags: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  /** The values that it accepts; empty when it accepts others, such as a file. */
  readonly choices: readonly string[];
}

/** A command and what can follow it. */
export interface CompletedCommand {
  /** All words that name it: `sealrun secret set`. */
  readonly typed: string;
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

const help: CompletedOption = {
  flags: ["--help", "-h"],
  about: "show the help of this command",
  takesValue: false,
  choices: [],
};

/** What can be typed, from the commands themselves; commands that the help does not list are left out. */
export function completedCommand(command: Command, before = ""): CompletedCommand {
  const typed = `${before} ${command.name()}`.trim();
  const visible = new Set(command.createHelp().visibleCommands(command));
  return {
    typed,
    name: command.name(),
    about: firstSentence(command.description()),
    options: [...command.options.map(completedOption), help],
    commands: command.commands.filter((inner) => visible.has(inner)).map((inner) => completedCommand(inner, typed)),
  };
}

/** A command and all below it. */
export function flatten(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.commands.flatMap(flatten)];
}

function completedOption({
  long,
  short,
  description,
  required,
  optional,
  argChoices,
}: Command["options"][number]): CompletedOption {
  return {
    flags: [long, short].flatMap((flag) => (flag === undefined || flag === null ? [] : [flag])),
    about: firstSentence(description),
    takesValue: required || optional,
    choices: argChoices ?? [],
  };
}

function firstSentence(text: string): string {
  return text.split(/\. |; /)[0] ?? "";
}
