import type { Client } from "@sealrun/client";
import { countOf, type OpenExecutions, SealrunError, showName, zonedTime } from "@sealrun/protocol";
import { Command } from "commander";
import type { Cli } from "../../command.ts";
import { connect } from "../../connect.ts";

interface SettleOptions {
  readonly before: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `sealrun execution settle`. */
export function settleCommand(cli: Cli): Command {
  return new Command("settle")
    .description("After a restore: end executions that were open at the backup as lost, so that none runs twice")
    .requiredOption("--before <time>", "time of the backup, with its zone: 2026-01-31T12:00:00Z", parseBefore)
    .option("--dry-run", "show what would be ended, and end nothing")
    .option("--json", "print it as JSON")
    .action(async (options: SettleOptions) => (options.dryRun === true ? show : settle)(cli, options));
}

async function show(cli: Cli, { before, json }: SettleOptions): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).listOpen(before);
  if (json === true) return output.json(found);
  if (found.open.length === 0) return output.line("no executions were open at that time");
  output.table(["PACKAGE", "STATUS", "EXECUTIONS"], found.open.map(rowOf));
}

function rowOf({ project, package: name, status, count }: OpenExecutions["open"][number]): readonly string[] {
  return [`${project}/${name}`, status, String(count)];
}

async function settle(cli: Cli, { before, json }: SettleOptions): Promise<void> {
  const { output } = cli;
  const { settled, failed } = await settleAll(cli, await connect(cli), before);
  if (json === true) output.json({ settled, failed });
  else
    output.line(`${output.paint("green", "settled")} ${countOf(settled, "execution")}, as lost with the code RESTORED`);
  if (failed.length === 0) return;
  throw new SealrunError(
    "INTERNAL",
    `${countOf(failed.length, "execution")} could not be ended; see the platform's log: ${failed.slice(0, 5).join(", ")}`,
  );
}

/** The platform ends some hundreds per request. Ended executions stay ended when the command is interrupted. */
async function settleAll(
  cli: Cli,
  client: Pick<Client, "settleExecutions">,
  before: string,
): Promise<{ readonly settled: number; readonly failed: readonly string[] }> {
  let settled = 0;
  const failed: string[] = [];
  for (let after: string | undefined; ;) {
    const done = cli.output.progress(`${countOf(settled, "execution")} settled`);
    const answer = await client.settleExecutions({ before, ...(after === undefined ? {} : { after }) }).finally(done);
    settled += answer.settled;
    failed.push(...answer.failed);
    // A platform that returns the same cursor twice must not make this loop endless.
    if (answer.next === null || answer.next === after) return { settled, failed };
    after = answer.next;
  }
}

function parseBefore(text: string): string {
  if (zonedTime.safeParse(text).success) return text;
  throw new SealrunError(
    "USAGE",
    `--before: expected a time with its zone, such as 2026-01-31T12:00:00Z, found ${showName(text)}`,
  );
}
