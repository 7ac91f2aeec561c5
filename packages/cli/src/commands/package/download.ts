import { countOf } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../../command.ts";
import { connect } from "../../connect.ts";
import { writeVersion } from "../../package/write-version.ts";

interface DownloadOptions {
  readonly to: string;
  readonly packageVersion?: number;
  readonly json?: boolean;
}

/** `sealrun package download`. */
export function downloadCommand(cli: Cli): Command {
  return new Command("download")
    .description("Write the files of a version into a new folder, as they were pushed; never secrets")
    .argument("<project/package>", "the package")
    .requiredOption("--to <dir>", "a new or empty folder; only you can read it")
    .option("--package-version <n>", "this version instead of the newest", parseNumber("--package-version", 1, 1e9))
    .option("--json", "print what was written as JSON")
    .action(async (address: string, options: DownloadOptions) => download(cli, address, options));
}

async function download(cli: Cli, text: string, { to, packageVersion, json }: DownloadOptions): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const client = await connect(cli);
  const number = packageVersion ?? (await client.getPackage(address.project, address.package)).version?.number ?? 1;
  const version = await client.getVersion(address.project, address.package, number);
  const done = output.progress(`downloading ${countOf(version.files.length, "file")}`);
  // After Ctrl-C nothing of the version stays.
  const signal = cli.takeSignals();
  try {
    await writeVersion(to, version, async (path) => client.readVersionFile({ ...address, number }, path, signal));
  } finally {
    done();
  }
  const paths = version.files.map(({ path }) => path);
  if (json === true) return output.json({ version: number, folder: to, files: paths });
  output.line(
    `${output.paint("green", "wrote")} version ${number} of ${text} to ${to}: ${countOf(paths.length, "file")}`,
  );
  output.line("its secrets stay on the platform");
}
