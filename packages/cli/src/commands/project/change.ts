import { Command } from "commander";
import { type Cli, parseProject } from "../../command.ts";
import { connect, findTarget } from "../../connect.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `sealrun project rename`, `archive` and `unarchive`. */
export function changeCommands(cli: Cli): readonly Command[] {
  return [
    new Command("rename")
      .description("Give a project another name; its packages and secrets stay with it")
      .argument("<name>", "the project", parseProject)
      .argument("<new-name>", "its new name", parseProject)
      .option("--json", "print the project as JSON")
      .action(async (name: string, newName: string, options: JsonOption) => rename(cli, name, newName, options)),
    new Command("archive")
      .description("Keep all packages of a project from running and hide it from lists; nothing is deleted")
      .argument("<name>", "the project", parseProject)
      .option("--json", "print the project as JSON")
      .action(async (name: string, options: JsonOption) => archive(cli, name, { ...options, archived: true })),
    new Command("unarchive")
      .description("Let the packages of an archived project run again")
      .argument("<name>", "the project", parseProject)
      .option("--json", "print the project as JSON")
      .action(async (name: string, options: JsonOption) => archive(cli, name, { ...options, archived: false })),
  ];
}

async function rename(cli: Cli, name: string, newName: string, { json }: JsonOption): Promise<void> {
  const { output } = cli;
  const changed = await (await connect(cli)).changeProject(name, { name: newName });
  if (json === true) return output.json(changed);
  output.line(`${output.paint("green", "renamed")} project ${name} to ${changed.name}`);
  output.line("references to secrets that name the project as their namespace need the new name");
  const chosen = (await findTarget(cli)).own?.profile.project;
  if (chosen?.toLowerCase() === name.toLowerCase()) output.line(`next: sealrun project use ${changed.name}`);
}

async function archive(
  cli: Cli,
  name: string,
  { json, archived }: JsonOption & { readonly archived: boolean },
): Promise<void> {
  const { output } = cli;
  const changed = await (await connect(cli)).changeProject(name, { archived });
  if (json === true) return output.json(changed);
  output.line(`${output.paint("green", archived ? "archived" : "unarchived")} project ${changed.name}`);
  if (archived) {
    output.line(`what runs goes on, what is queued waits; undo with: sealrun project unarchive ${changed.name}`);
  }
}
