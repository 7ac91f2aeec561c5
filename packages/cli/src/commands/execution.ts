import {
  executionStatus,
  type LiveEvent,
  type LogLine,
  type LogPage,
  SealrunError,
  showNames,
} from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseExecutionId, parseNumber, parsePackage, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { createLiveLines } from "../execution/live-lines.ts";
import { printExecution, printLogLine } from "../execution/print-execution.ts";
import { reportStart } from "../execution/report-start.ts";
import { showTime } from "../show-time.ts";
import { settleCommand } from "./settle.ts";

interface ListOptions {
  readonly project?: string;
  readonly package?: string;
  readonly status?: string;
  readonly limit?: number;
  readonly before?: string;
  readonly json?: boolean;
}

interface AgainOptions {
  readonly sameVersion?: boolean;
  readonly wait?: boolean;
  readonly json?: boolean;
}

interface LogOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `sealrun execution list`, `show`, `logs`, `cancel`, `again` and `settle`. */
export function executionCommand(cli: Cli): Command {
  const command = new Command("execution").description("Executions: runs of a package's version");
  command
    .command("list")
    .description("List executions, newest first")
    .option("--project <project>", "only of this project", parseProject)
    .option("--package <package>", "only of this package", parsePackage)
    .option("--status <status>", executionStatus.options.join(", "), parseStatus)
    .option("--limit <n>", "maximum number of executions", parseNumber("--limit", 1, 500))
    .option("--before <cursor>", "start after the cursor printed with the previous page")
    .option("--json", "print them as JSON")
    .action(async (options: ListOptions) => list(cli, options));
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
  command
    .command("logs")
    .description("Print what an execution wrote, masked")
    .argument("<id>", "exe_…", parseExecutionId)
    .option("--follow", "keep printing until the execution ends")
    .option("--json", "print one JSON document, or with --follow one line of JSON per log line")
    .action(async (id: string, options: LogOptions) => (options.follow === true ? follow : logs)(cli, id, options));
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
    .option("--json", "print the execution as JSON")
    .action(async (id: string, options: AgainOptions) => again(cli, id, options));
  command.addCommand(settleCommand(cli));
  return command;
}

async function again(cli: Cli, id: string, { sameVersion, wait, json }: AgainOptions): Promise<void> {
  const client = await connect(cli);
  const started = await client.runAgain(id, sameVersion === true ? { version: "same" } : {});
  await reportStart(cli, client, { started, wait, json });
}

async function list(cli: Cli, { json, ...filter }: ListOptions): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const found = await client.listExecutions(filter);
  // A filter for what does not exist finds nothing, which would hide a misspelled name.
  if (found.executions.length === 0 && filter.project !== undefined) await client.listPackages(filter.project);
  if (json === true) return output.json(found);
  if (found.executions.length === 0) return output.line("no executions; start one with: sealrun run PROJECT/PACKAGE");
  output.table(
    ["EXECUTION", "PACKAGE", "VERSION", "STATUS", "CREATED"],
    found.executions.map((row) => [
      row.id,
      `${row.project}/${row.package}`,
      String(row.version),
      row.status,
      showTime(row.createdAt),
    ]),
  );
  if (found.next !== null) output.note(`there are more executions: --before ${found.next}`);
}

async function logs(cli: Cli, id: string, { json }: LogOptions): Promise<void> {
  const client = await connect(cli);
  const lines: LogLine[] = [];
  let after: string | undefined;
  let logDeleted: LogPage["logDeleted"];
  do {
    const page = await client.listLogs(id, after);
    ({ logDeleted } = page);
    if (json === true) lines.push(...page.lines);
    else for (const line of page.lines) printLogLine(cli.output, line);
    // A platform that returns the same cursor twice must not make this loop endless.
    after = page.next === null || page.next === after ? undefined : page.next;
  } while (after !== undefined);
  if (json === true) cli.output.json({ lines, logDeleted: logDeleted ?? null });
  else if (logDeleted != null) cli.output.note(logDeleted.sentence);
}

async function follow(cli: Cli, id: string, { json }: LogOptions): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const lines = createLiveLines(output);
  const onEvent = (event: LiveEvent): void => {
    if (json === true) {
      // Programs get each line once, as it is stored.
      if (event.kind !== "early") output.jsonLine(event);
      return;
    }
    lines.print(event);
    if (event.kind === "end" && event.logDeleted != null) output.note(event.logDeleted.sentence);
  };
  try {
    await client.watchExecution(id, { onEvent });
  } finally {
    lines.close();
  }
}

function parseStatus(text: string): string {
  const parsed = executionStatus.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new SealrunError("USAGE", `--status: expected one of ${showNames(executionStatus.options)}`);
}
