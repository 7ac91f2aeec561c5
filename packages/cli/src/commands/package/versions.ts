import { Command } from "commander";
import { type Cli, parsePackagePath } from "../../command.ts";
import { connect } from "../../connect.ts";
import { showTime } from "../../show-time.ts";

/** `sealrun package versions`. */
export function versionsCommand(cli: Cli): Command {
  return new Command("versions")
    .description("List the versions of a package, the newest first")
    .argument("<project/package>", "the package")
    .option("--json", "print them as JSON")
    .action(async (address: string, options: { readonly json?: boolean }) => list(cli, address, options));
}

async function list(cli: Cli, text: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const versions = await (await connect(cli)).listVersions(address.project, address.package);
  if (json === true) return output.json({ versions });
  output.table(
    ["VERSION", "PUSHED", "DIGEST", ""],
    versions.map(({ number, createdAt, digest, restores }) => [
      String(number),
      showTime(createdAt),
      digest.slice(0, 12),
      restores == null ? "" : `the files of version ${restores}, by a rollback`,
    ]),
  );
}
