import type { ExecutionStatistics } from "@sealrun/protocol";
import { executionStatus, showDuration } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parsePackage, parseProject } from "../../command.ts";
import { connect } from "../../connect.ts";
import { addListOptions, type ListOptions, printList } from "../../list-output.ts";
import type { Output } from "../../output.ts";
import { parseTimeOrAge } from "../../parse-time-or-age.ts";
import { showTime } from "../../show-time.ts";

type StatisticsOptions = ListOptions & {
  readonly project?: string;
  readonly package?: string;
  readonly since?: string;
  readonly until?: string;
  readonly buckets?: number;
};

/** `sealrun execution statistics`. */
export function statisticsCommand(cli: Cli): Command {
  const command = new Command("statistics")
    .description("Count executions by how they ended and how long they took, over time")
    .option("--project <project>", "only of this project", parseProject)
    .option("--package <package>", "only of this package", parsePackage)
    .option("--since <time>", "from this time, or 7d ago (default: the last 24 hours)", parseTimeOrAge("--since"))
    .option("--until <time>", "until this time, or 1d ago", parseTimeOrAge("--until"))
    .option("--buckets <n>", "about how many spans of time", parseNumber("--buckets", 1, 200), 24);
  return addListOptions(command).action(async (options: StatisticsOptions) => show(cli, options));
}

async function show(cli: Cli, { json, jq, ...filter }: StatisticsOptions): Promise<void> {
  const found = await (await connect(cli)).executionStatistics(filter);
  await printList(cli.output, { json, jq }, { document: found, show: () => print(cli.output, found) });
}

function print(output: Output, { since, until, counts, buckets }: ExecutionStatistics): void {
  const seen = executionStatus.options.filter((status) => (counts[status] ?? 0) > 0);
  if (seen.length === 0) return output.line(`no executions from ${showTime(since)} to ${showTime(until)}`);
  output.line(`${showTime(since)} to ${showTime(until)}: ${seen.map((name) => `${counts[name]} ${name}`).join(", ")}`);
  output.table(
    ["SINCE", ...seen.map((status) => status.toUpperCase()), "MEDIAN", "95 OF 100"],
    buckets
      .filter((bucket) => seen.some((status) => (bucket.counts[status] ?? 0) > 0))
      .map((bucket) => [
        showTime(bucket.at),
        ...seen.map((status) => String(bucket.counts[status] ?? 0)),
        bucket.medianMs === null ? "-" : showDuration(bucket.medianMs),
        bucket.p95Ms === null ? "-" : showDuration(bucket.p95Ms),
      ]),
  );
}
