import { type ScheduleInfo, scheduleId, SealrunError, showName } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parsePackage, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { showTime } from "../show-time.ts";

interface ListOptions {
  readonly project?: string;
  readonly package?: string;
  readonly json?: boolean;
}

/** `sealrun schedule list` and `delete`. */
export function scheduleCommand(cli: Cli): Command {
  const command = new Command("schedule").description("Schedules: when packages run, from manifests and from scripts");
  command
    .command("list")
    .description("List schedules, the next one first")
    .option("--project <project>", "only of this project", parseProject)
    .option("--package <package>", "only of this package", parsePackage)
    .option("--json", "print them as JSON")
    .action(async (options: ListOptions) => list(cli, options));
  command
    .command("delete")
    .description("Delete a schedule that a script created")
    .argument("<id>", "sch_…", parseId)
    .option("--json", "print it as JSON")
    .action(async (id: string, { json }: { readonly json?: boolean }) => {
      await (await connect(cli)).deleteSchedule(id);
      if (json === true) cli.output.json({ id });
      else cli.output.line(`${cli.output.paint("green", "deleted")} ${id}`);
    });
  return command;
}

async function list(cli: Cli, { json, ...filter }: ListOptions): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const schedules = await client.listSchedules(filter);
  const { project, package: name } = filter;
  if (schedules.length === 0 && project !== undefined) {
    // A filter for what does not exist finds nothing, which would hide a misspelled name.
    if (name === undefined) await client.listPackages(project);
    else await client.getPackage(project, name);
  }
  if (json === true) return output.json({ schedules });
  if (schedules.length === 0) {
    return output.line(
      'no schedules; add "schedule" to a manifest.json, or call context.scheduler.schedule in a script',
    );
  }
  output.table(["SCHEDULE", "PACKAGE", "RUNS", "TIME ZONE", "NEXT", "LAST"], schedules.map(rowOf));
}

function rowOf(schedule: ScheduleInfo): readonly string[] {
  const { id, project, package: name, kind, cron, timezone, nextAt, isPaused, last } = schedule;
  const runs = cron ?? "once";
  return [
    id,
    `${project}/${name}`,
    kind === "script" ? `${runs} (created by a script)` : runs,
    cron === null ? "" : (timezone ?? "UTC"),
    isPaused ? "paused" : nextAt === null ? "" : showTime(nextAt),
    last === null ? "" : `${showTime(last.dueAt)} ${last.status}`,
  ];
}

function parseId(text: string): string {
  if (scheduleId.safeParse(text).success) return text;
  throw new SealrunError("NOT_FOUND", `${showName(text)} is not a schedule's id: sch_ and 20 letters and digits`);
}
