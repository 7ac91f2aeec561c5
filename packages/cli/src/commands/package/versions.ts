import { Command } from "commander";
import { type Cli, parsePackagePath } from "../../command.ts";
import { connect } from "../../connect.ts";
import { addListOptions, type ListOptions, printList } from "../../list-output.ts";
import { showTime } from "../../show-time.ts";

/** `sealrun package versions`. */
export function versionsCommand(cli: Cli): Command {
  const command = new Command("versions")
    .description("List the versions of a package, the newest first")
    .argument("<project/package>", "the package");
  return addListOptions(command, "numbers").action(async (address: string, options: ListOptions) =>
    list(cli, address, options),
  );
}

async function list(cli: Cli, text: string, options: ListOptions): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const versions = await (await connect(cli)).listVersions(address.project, address.package);
  const show = (): void =>
    output.table(
      ["VERSION", "PUSHED", "DIGEST", ""],
      versions.map(({ number, createdAt, digest, restores }) => [
        String(number),
        showTime(createdAt),
        digest.slice(0, 12),
        restores == null ? "" : `the files of version ${restores}, by a rollback`,
      ]),
    );
  const names = versions.map(({ number }) => String(number));
  await printList(output, options, { document: { versions }, names, show });
}
