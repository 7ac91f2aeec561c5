import { countOf } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { connect } from "../../connect.ts";
import { showTime } from "../../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `sealrun platform hold` and `resume`: sent to a running platform, by an admin. */
export function holdCommands(cli: Cli): readonly Command[] {
  return [
    new Command("hold")
      .description("Hold all platforms of an installation: running executions continue, nothing new starts")
      .option("--json", "print it as JSON")
      .action(async (options: JsonOption) => hold(cli, options)),
    new Command("resume")
      .description("End the hold: queued executions start, and schedules continue")
      .option("--json", "print it as JSON")
      .action(async (options: JsonOption) => resume(cli, options)),
  ];
}

async function hold(cli: Cli, { json }: JsonOption): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).holdPlatform();
  if (json === true) return output.json(found);
  if (found.hold === null) return output.line("the hold has ended already");
  const { since, by } = found.hold;
  output.line(`${output.paint("yellow", "held")} since ${showTime(since)} by ${by}`);
  output.line("  nothing new starts until you run: sealrun platform resume");
}

async function resume(cli: Cli, { json }: JsonOption): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).resumePlatform();
  if (json === true) return output.json(found);
  if (found.hold === null) return output.line("the platform was not held");
  const { since, by } = found.hold;
  output.line(`${output.paint("green", "resumed")}; it was held since ${showTime(since)} by ${by}`);
  if (found.due === 0) return;
  const what = countOf(found.due, "schedule");
  output.line(`  ${what} came due during the hold; see what was missed: sealrun audit list --action schedule.missed`);
}
