import { Command } from "commander";
import { type Cli, parsePackage, parsePackagePath } from "../../command.ts";
import { connect } from "../../connect.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `sealrun package rename`, `archive` and `unarchive`. */
export function changeCommands(cli: Cli): readonly Command[] {
  return [
    new Command("rename")
      .description("Give a package another name; its secrets, versions and executions stay with it")
      .argument("<project/package>", "the package")
      .argument("<name>", "the new name", parsePackage)
      .option("--json", "print the package as JSON")
      .action(async (address: string, name: string, options: JsonOption) => rename(cli, address, name, options)),
    new Command("archive")
      .description("Keep a package from running and hide it from lists; nothing is deleted")
      .argument("<project/package>", "the package")
      .option("--json", "print the package as JSON")
      .action(async (address: string, options: JsonOption) => archive(cli, address, { ...options, archived: true })),
    new Command("unarchive")
      .description("Let an archived package run again")
      .argument("<project/package>", "the package")
      .option("--json", "print the package as JSON")
      .action(async (address: string, options: JsonOption) => archive(cli, address, { ...options, archived: false })),
  ];
}

async function rename(cli: Cli, text: string, name: string, { json }: JsonOption): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const changed = await (await connect(cli)).changePackage(address.project, address.package, { name });
  if (json === true) return output.json(changed);
  output.line(`${output.paint("green", "renamed")} ${text} to ${changed.project.name}/${changed.name}`);
}

async function archive(
  cli: Cli,
  text: string,
  { json, archived }: JsonOption & { readonly archived: boolean },
): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const changed = await (await connect(cli)).changePackage(address.project, address.package, { archived });
  if (json === true) return output.json(changed);
  const shown = `${changed.project.name}/${changed.name}`;
  output.line(`${output.paint("green", archived ? "archived" : "unarchived")} ${shown}`);
  if (archived) output.line(`what runs goes on, what is queued waits; undo with: sealrun package unarchive ${shown}`);
}
