import type { Client } from "@sealrun/client";
import {
  countOf,
  limits,
  type PlatformRetention,
  type ProjectRetention,
  SealrunError,
  type SetRetention,
  showName,
} from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseProject } from "../../command.ts";
import { connect } from "../../connect.ts";
import { askYes } from "../../prompt.ts";
import { showTime } from "../../show-time.ts";

interface ShowOptions {
  readonly project?: string;
  readonly json?: boolean;
}

interface SetOptions extends ShowOptions {
  readonly executions?: number;
  readonly logs?: number;
  readonly default?: boolean;
  readonly yes?: boolean;
}

/** `sealrun retention show` and `set`. */
export function retentionCommand(cli: Cli): Command {
  const command = new Command("retention").description("How long finished executions and their logs are kept");
  command
    .command("show")
    .description("Show how long finished executions and their logs are kept")
    .option("--project <project>", "the limits that apply to this project", parseProject)
    .option("--json", "print them as JSON")
    .action(async (options: ShowOptions) => show(cli, options));
  command
    .command("set")
    .description("Set how long finished executions and their logs are kept; older ones are deleted forever")
    .option("--executions <days>", "days, such as 90d, or 0 to keep them forever", parseDays("--executions"))
    .option(
      "--logs <days>",
      "days, at most as many as executions are kept, or 0 to keep them forever",
      parseDays("--logs"),
    )
    .option("--project <project>", "only for this project, instead of the platform's limits", parseProject)
    .option("--default", "with --project: remove the project's own limits, so that the platform's apply")
    .option("--yes", "do not ask before executions or logs are deleted")
    .option("--json", "print the new limits as JSON")
    .action(async (options: SetOptions) => set(cli, options));
  return command;
}

async function show(cli: Cli, { project, json }: ShowOptions): Promise<void> {
  const client = await connect(cli);
  if (project === undefined) return printPlatform(cli, await client.getRetention(), json === true);
  printProject(cli, { project, found: await client.getProjectRetention(project), asJson: json === true });
}

async function set(cli: Cli, options: SetOptions): Promise<void> {
  const { project, json } = options;
  const isDefault = options.default === true;
  const isGiven = options.executions !== undefined || options.logs !== undefined;
  if (isDefault === isGiven || (isDefault && project === undefined)) {
    throw new SealrunError("USAGE", "Give --executions, --logs or both, or --project with --default");
  }
  const client = await connect(cli);
  const wanted = isDefault ? await client.getRetention() : await complete(client, options);
  await confirm(cli, client, { project, wanted, isConfirmed: options.yes === true });
  if (project === undefined) return printPlatform(cli, await client.setRetention(wanted), json === true);
  const found = await client.setProjectRetention(project, isDefault ? null : wanted);
  printProject(cli, { project, found, asJson: json === true });
}

/** Both limits: one that was not given stays as it is. */
async function complete(client: Client, { project, executions, logs }: SetOptions): Promise<SetRetention> {
  const now = project === undefined ? await client.getRetention() : await client.getProjectRetention(project);
  const wanted = { executionsDays: executions ?? now.executionsDays, logsDays: logs ?? now.logsDays };
  const { executionsDays, logsDays } = wanted;
  if (executionsDays === 0 || (logsDays > 0 && logsDays <= executionsDays)) return wanted;
  throw new SealrunError(
    "USAGE",
    `Executions would be kept ${showDays(executionsDays)} and logs ${showDays(logsDays)}, but a log is deleted with its execution; give --logs from 1d to ${executionsDays}d as well`,
  );
}

interface ToConfirm {
  readonly project: string | undefined;
  readonly wanted: SetRetention;
  readonly isConfirmed: boolean;
}

/** Asks before executions or logs are deleted, when standard input is a terminal; `NOT_CONFIRMED` unless yes. */
async function confirm(cli: Cli, client: Client, { project, wanted, isConfirmed }: ToConfirm): Promise<void> {
  if (isConfirmed || cli.input.isTTY !== true) return;
  const { executions, logs } = await client.previewRetention(project ?? null, wanted);
  if (executions === 0 && logs === 0) return;
  const ofLogs = logs === 1 ? "the log of 1 more" : `the logs of ${logs} more`;
  const parts = [...(executions === 0 ? [] : [countOf(executions, "execution")]), ...(logs === 0 ? [] : [ofLogs])];
  const where = project === undefined ? "all projects without their own limits" : `project ${project}`;
  const question = `Delete ${parts.join(" and ")} in ${where}? This cannot be undone.`;
  if (await askYes(cli, question)) return;
  throw new SealrunError("NOT_CONFIRMED", "Nothing was changed; answer with y, or add --yes");
}

function printPlatform({ output }: Cli, found: PlatformRetention, asJson: boolean): void {
  if (asJson) return output.json(found);
  const row = (name: string, of: SetRetention): readonly string[] => [
    name,
    daysText(of.executionsDays),
    daysText(of.logsDays),
  ];
  output.table(
    ["PROJECT", "EXECUTIONS", "LOGS"],
    [
      ...found.projects.map((own) => row(own.project, own)),
      row(found.projects.length === 0 ? "all" : "all others", found),
    ],
  );
  noteStart(output, found.startsAt);
}

function printProject(
  { output }: Cli,
  { project, found, asJson }: { readonly project: string; readonly found: ProjectRetention; readonly asJson: boolean },
): void {
  if (asJson) return output.json(found);
  const whose = found.from === "project" ? "its own limits" : "the platform's limits";
  output.line(
    `project ${project} keeps executions ${showDays(found.executionsDays)} and logs ${showDays(found.logsDays)} (${whose})`,
  );
  noteStart(output, found.startsAt);
}

function noteStart(output: Cli["output"], startsAt: string | null): void {
  if (startsAt !== null) output.note(`nothing is deleted before ${showTime(startsAt)}`);
}

function parseDays(option: string): (text: string) => number {
  return (text) => {
    const days = /^[0-9]{1,4}d?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
    if (days >= 0 && days <= limits.retentionDays) return days;
    throw new SealrunError(
      "USAGE",
      `${option}: expected days from 1d to ${limits.retentionDays}d, or 0 to keep forever, found ${showName(text)}`,
    );
  };
}

function daysText(days: number): string {
  return days === 0 ? "forever" : countOf(days, "day");
}

function showDays(days: number): string {
  return days === 0 ? daysText(days) : `for ${daysText(days)}`;
}
