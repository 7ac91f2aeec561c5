import type { Client } from "@sealrun/client";
import type { LiveEvent, LogLine, LogPage } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber } from "../../command.ts";
import { connect } from "../../connect.ts";
import { chooseLines, type LineChoice } from "../../execution/choose-lines.ts";
import { findRun, parseRunTarget, requireStep, type RunTarget } from "../../execution/find-run.ts";
import { livePrinter } from "../../execution/follow.ts";
import { printLogLine } from "../../execution/print-execution.ts";
import { reportWaiting } from "../../execution/report-waiting.ts";
import { parseTimeOrAge } from "../../parse-time-or-age.ts";

interface LogOptions extends LineChoice {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly json?: boolean;
}

/** `sealrun logs`, which is also `sealrun execution logs`. */
export function logsCommand(cli: Cli): Command {
  return new Command("logs")
    .description("Print what an execution wrote, masked; of a package its newest execution")
    .argument("<run>", "exe_…, or project/package", parseRunTarget)
    .option("-f, --follow", "keep printing until the execution ends")
    .option("--step <name>", "only lines of this step")
    .option(
      "--since <time>",
      "only lines since this time: 2026-01-31T12:00:00Z, or 30m, 12h ago",
      parseTimeOrAge("--since"),
    )
    .option("--tail <n>", "only the last lines, and with --follow those that come", parseNumber("--tail", 0, 100_000))
    .option("--json", "print one JSON document, or with --follow one line of JSON per log line")
    .action(async (target: RunTarget, options: LogOptions) => printLogs(cli, target, options));
}

async function printLogs(cli: Cli, target: RunTarget, options: LogOptions): Promise<void> {
  const client = await connect(cli);
  const id = await findRun(client, target);
  if (target.kind === "package" && options.json !== true) cli.output.note(`the newest execution is ${id}`);
  const { step, follow } = options;
  if (step !== undefined) requireStep(await client.getExecution(id), step);
  await (follow === true ? followLogs : showLogs)(cli, client, id, options);
}

async function showLogs(cli: Cli, client: Client, id: string, options: LogOptions): Promise<void> {
  const { output } = cli;
  const { json, tail } = options;
  // With --tail or --json nothing is printed before the end is known.
  const kept: LogLine[] = [];
  const isKept = json === true || tail !== undefined;
  const { logDeleted } = await readStored(client, id, (line) => {
    if (!chooseLines(options)(line)) return;
    if (!isKept) return printLogLine(output, line);
    kept.push(line);
    if (tail !== undefined && kept.length > 2 * tail) kept.splice(0, kept.length - tail);
  });
  const lines = tail === undefined ? kept : lastOf(kept, tail);
  if (json === true) return output.json({ lines, logDeleted: logDeleted ?? null });
  for (const line of lines) printLogLine(output, line);
  if (logDeleted != null) output.note(logDeleted.sentence);
}

async function followLogs(cli: Cli, client: Client, id: string, options: LogOptions): Promise<void> {
  const { output } = cli;
  const { json, tail } = options;
  const isWanted = chooseLines(options);
  let after: string | undefined;
  if (tail !== undefined) {
    const stored: LogLine[] = [];
    await readStored(client, id, (line) => {
      after = line.cursor;
      if (isWanted(line)) stored.push(line);
    });
    for (const line of lastOf(stored, tail)) {
      if (json === true) output.jsonLine({ kind: "log", line });
      else printLogLine(output, line);
    }
  }
  const printer = json === true ? undefined : livePrinter(output);
  const endWaiting = json === true ? undefined : reportWaiting(output, client, id);
  const onEvent = (event: LiveEvent): void => {
    if ((event.kind === "log" || event.kind === "early") && !isWanted(event.line)) return;
    // Programs get each line once, as it is stored.
    if (printer !== undefined) printer.onEvent(event);
    else if (event.kind !== "early") output.jsonLine(event);
    if (printer !== undefined && event.kind === "end" && event.logDeleted != null)
      output.note(event.logDeleted.sentence);
  };
  try {
    await client.watchExecution(id, { onEvent, after });
  } finally {
    endWaiting?.();
    printer?.done();
  }
}

function lastOf(lines: readonly LogLine[], count: number): readonly LogLine[] {
  return count === 0 ? [] : lines.slice(-count);
}

/** Reads every stored line. */
async function readStored(
  client: Pick<Client, "listLogs">,
  id: string,
  onLine: (line: LogLine) => void,
): Promise<Pick<LogPage, "logDeleted">> {
  let after: string | undefined;
  for (;;) {
    const { lines, next, logDeleted } = await client.listLogs(id, after, 5_000);
    for (const line of lines) onLine(line);
    // A platform that returns the same cursor twice must not make this loop endless.
    if (next === null || next === after) return { logDeleted };
    after = next;
  }
}
