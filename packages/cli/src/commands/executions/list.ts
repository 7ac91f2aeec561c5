import type { ExecutionFilter } from "@sealrun/client";
import {
  executionStatus,
  type ExecutionSummary,
  executorId,
  SealrunError,
  showDuration,
  showName,
  showNames,
  trigger,
} from "@sealrun/protocol";
import { Command, Option } from "commander";
import { type Cli, parseCursor, parseNumber, parsePackage, parseProject } from "../../command.ts";
import { connect } from "../../connect.ts";
import { addListOptions, type ListOptions, printList } from "../../list-output.ts";
import { parseTimeOrAge } from "../../parse-time-or-age.ts";
import { showTime } from "../../show-time.ts";

type ExecutionListOptions = ExecutionFilter & ListOptions;

/** `sealrun execution list`. */
export function executionListCommand(cli: Cli): Command {
  const triggers = trigger.options.map(({ shape }) => shape.kind.value);
  const command = new Command("list")
    .description("List executions, newest first")
    .option("--project <project>", "only of this project", parseProject)
    .option("--package <package>", "only of this package", parsePackage)
    .option(
      "--status <statuses>",
      `only these, with commas between: ${executionStatus.options.join(", ")}`,
      parseStatuses,
    )
    .addOption(
      new Option("--trigger <kind>", "only those that a request, a schedule or an event started").choices(triggers),
    )
    .option("--executor <id>", "only those that this executor took, exr_…", parseExecutor)
    .option("--id <start>", "only those whose id starts with this, exe_…", parseStart)
    .option("--since <time>", "created then or later: 2026-01-31T12:00:00Z, or 12h ago", parseTimeOrAge("--since"))
    .option("--until <time>", "created before: a time, or 12h ago", parseTimeOrAge("--until"))
    .option("--limit <n>", "maximum number of executions", parseNumber("--limit", 1, 500))
    .option("--before <cursor>", "continue with the next page: the number that the previous page printed", parseCursor);
  return addListOptions(command, "ids").action(async (options: ExecutionListOptions) => list(cli, options));
}

async function list(cli: Cli, { json, jq, quiet, ...filter }: ExecutionListOptions): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const found = await client.listExecutions(filter);
  const { project, package: name, ...others } = filter;
  if (found.executions.length === 0 && project !== undefined) {
    // A filter for what does not exist finds nothing, which would hide a misspelled name.
    if (name === undefined) await client.listPackages(project);
    else await client.getPackage(project, name);
  }
  const show = (): void => {
    if (found.executions.length === 0) {
      const isFiltered = name !== undefined || Object.keys(others).length > 0;
      return output.line(
        isFiltered ? "no executions match" : "no executions; start one with: sealrun run PROJECT/PACKAGE",
      );
    }
    output.table(
      ["EXECUTION", "PACKAGE", "VERSION", "STATUS", "CREATED", "DURATION", "TRIGGER", "ERROR"],
      found.executions.map(executionCells),
    );
  };
  const names = found.executions.map(({ id }) => id);
  await printList(output, { json, jq, quiet }, { document: found, names, show });
  if (json !== true && jq === undefined && found.next !== null)
    output.note(`there are more executions: --before ${found.next}`);
}

/** The cells of an execution in a table. */
function executionCells(row: ExecutionSummary): readonly string[] {
  const { id, project, package: name, version, status, createdAt, startedAt, finishedAt } = row;
  const took =
    startedAt === null || finishedAt === null ? "-" : showDuration(Date.parse(finishedAt) - Date.parse(startedAt));
  const kind = row.trigger.kind;
  return [id, `${project}/${name}`, String(version), status, showTime(createdAt), took, kind, row.error?.code ?? "-"];
}

function parseStatuses(text: string): string {
  const names = text.split(",");
  const wrong = names.find((name) => !executionStatus.safeParse(name).success);
  if (wrong === undefined) return text;
  throw new SealrunError(
    "USAGE",
    `--status: expected some of ${showNames(executionStatus.options)}, with commas between, found ${showName(wrong)}`,
  );
}

function parseExecutor(text: string): string {
  if (executorId.safeParse(text).success) return text;
  throw new SealrunError(
    "USAGE",
    `--executor: expected an executor's id, exr_ and 20 letters and digits, found ${showName(text)}`,
  );
}

function parseStart(text: string): string {
  if (/^exe_[0-9a-z]{0,20}$/.test(text)) return text;
  throw new SealrunError(
    "USAGE",
    `--id: expected the start of an id, exe_ and letters and digits, found ${showName(text)}`,
  );
}
