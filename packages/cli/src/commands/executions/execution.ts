import { Command } from "commander";
import { type Cli, parseExecutionId } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printExecution } from "../../execution/print-execution.ts";
import { checkAfterStart, reportStart } from "../../execution/report-start.ts";
import { parseDuration } from "../../parse-duration.ts";
import { executionListCommand } from "./list.ts";
import { logsCommand } from "./logs.ts";
import { settleCommand } from "./settle.ts";
import { statisticsCommand } from "./statistics.ts";

interface AgainOptions {
  readonly sameVersion?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** `sealrun execution list`, `show`, `logs`, `cancel`, `again`, `statistics` and `settle`. */
export function executionCommand(cli: Cli): Command {
  const command = new Command("execution").description("Executions: runs of a package's version");
  command.addCommand(executionListCommand(cli));
  command
    .command("show")
    .description("Show an execution, its steps and which secrets it read")
    .argument("<id>", "exe_…", parseExecutionId)
    .option("--json", "print it as JSON")
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const execution = await (await connect(cli)).getExecution(id);
      if (json === true) cli.output.json(execution);
      else printExecution(cli.output, execution);
    });
  command.addCommand(logsCommand(cli));
  command
    .command("cancel")
    .description("End an execution: a queued one at once, a running one soon")
    .argument("<id>", "exe_…", parseExecutionId)
    .option("--json", "print its id and status as JSON")
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      const cancelled = await (await connect(cli)).cancelExecution(id);
      if (json === true) cli.output.json(cancelled);
      else if (cancelled.status === "cancelled") cli.output.line(`${id} is cancelled`);
      else cli.output.line(`${id} is being cancelled; see the result with: sealrun execution show ${id}`);
    });
  command
    .command("again")
    .description("Start an execution's package again with the same parameters")
    .argument("<id>", "exe_…", parseExecutionId)
    .option("--same-version", "run the original version instead of the newest")
    .option("--wait", "wait for the end")
    .option("--timeout <time>", "with --wait: how long, such as 90s, 10m or 2h", parseDuration("--timeout"))
    .option("--json", "print the execution as JSON")
    .action(async (id: string, options: AgainOptions) => again(cli, id, options));
  command.addCommand(statisticsCommand(cli));
  command.addCommand(settleCommand(cli));
  return command;
}

async function again(cli: Cli, id: string, { sameVersion, ...after }: AgainOptions): Promise<void> {
  checkAfterStart(after);
  const client = await connect(cli);
  const started = await client.runAgain(id, sameVersion === true ? { version: "same" } : {});
  await reportStart(cli, client, { started, ...after });
}
