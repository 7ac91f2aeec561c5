import { Command } from "commander";
import { type Cli, parseNumber, parsePackagePath } from "../../command.ts";
import { connect } from "../../connect.ts";

interface RollbackOptions {
  readonly to: number;
  readonly json?: boolean;
}

/** `sealrun package rollback`. */
export function rollbackCommand(cli: Cli): Command {
  return new Command("rollback")
    .description("Make the files of an earlier version the newest version again; secrets stay as they are")
    .argument("<project/package>", "the package")
    .usage("<project/package> --to <n>")
    .requiredOption("--to <n>", "the number of the earlier version", parseNumber("--to", 1, 999_999_999))
    .option("--json", "print the answer as JSON")
    .action(async (address: string, options: RollbackOptions) => rollBack(cli, address, options));
}

async function rollBack(cli: Cli, text: string, { to, json }: RollbackOptions): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const answer = await (await connect(cli)).rollBackPackage({ ...address, number: to });
  if (json === true) return output.json(answer);
  const { number } = answer.version;
  const done = `${address.project}/${answer.package.name} version ${number} has the files of version ${to}`;
  output.line(`${output.paint("green", "rolled back")}: ${done}`);
}
