import { type ScheduleInfo, scheduleId, SealrunError, showName } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parsePackage, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { addListOptions, type ListOptions, printList } from "../list-output.ts";
import { reportStart } from "../execution/report-start.ts";
import { showTime } from "../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

type ScheduleListOptions = ListOptions & { readonly project?: string; readonly package?: string };

/** `sealrun schedule list`, `show`, `pause`, `resume`, `run` and `delete`. */
export function scheduleCommand(cli: Cli): Command {
  const command = new Command("schedule").description("Schedules: when packages run, from manifests and from scripts");
  addListOptions(
    command
      .command("list")
      .description("List schedules, the next one first")
      .option("--project <project>", "only of this project", parseProject)
      .option("--package <package>", "only of this package", parsePackage),
    "ids",
  ).action(async (options: ScheduleListOptions) => list(cli, options));
  command
    .command("show")
    .description("Show a schedule and its next five due times")
    .argument("<id>", "sch_…", parseId)
    .option("--json", "print it as JSON")
    .action(async (id: string, options: JsonOption) => show(cli, id, options));
  command
    .command("pause")
    .description("Pause a schedule; due times during the pause are not run later")
    .argument("<id>", "sch_…", parseId)
    .option("--json", "print it as JSON")
    .action(async (id: string, options: JsonOption) => pause(cli, id, { ...options, isPaused: true }));
  command
    .command("resume")
    .description("Resume a schedule that was paused")
    .argument("<id>", "sch_…", parseId)
    .option("--json", "print it as JSON")
    .action(async (id: string, options: JsonOption) => pause(cli, id, { ...options, isPaused: false }));
  command
    .command("run")
    .description("Run the package of a schedule now, with the schedule's parameters")
    .argument("<id>", "sch_…", parseId)
    .option("--wait", "wait for the end")
    .option("--json", "print the execution as JSON")
    .action(async (id: string, { wait, json }: JsonOption & { readonly wait?: boolean }) => {
      const client = await connect(cli);
      await reportStart(cli, client, { started: await client.runSchedule(id), wait, json });
    });
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

async function list(cli: Cli, { json, jq, quiet, ...filter }: ScheduleListOptions): Promise<void> {
  const { output } = cli;
  const client = await connect(cli);
  const schedules = await client.listSchedules(filter);
  const { project, package: name } = filter;
  if (schedules.length === 0 && project !== undefined) {
    // A filter for what does not exist finds nothing, which would hide a misspelled name.
    if (name === undefined) await client.listPackages(project);
    else await client.getPackage(project, name);
  }
  const show = (): void => {
    if (schedules.length === 0) {
      return output.line(
        'no schedules; add "schedule" to a manifest.json, or call context.scheduler.schedule in a script',
      );
    }
    output.table(["SCHEDULE", "PACKAGE", "RUNS", "TIME ZONE", "NEXT", "LAST"], schedules.map(rowOf));
  };
  await printList(output, { json, jq, quiet }, { document: { schedules }, names: schedules.map(({ id }) => id), show });
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

async function show(cli: Cli, id: string, { json }: JsonOption): Promise<void> {
  const { output } = cli;
  const schedule = await (await connect(cli)).getSchedule(id);
  if (json === true) return output.json(schedule);
  const { project, package: name, cron, timezone, nextTimes } = schedule;
  output.line(output.paint("bold", `${project}/${name}`));
  output.line(`  runs     ${cron === null ? "once" : `${cron} ${timezone ?? "UTC"}`}`);
  output.line(`  state    ${stateOf(schedule)}`);
  for (const [index, time] of nextTimes.entries())
    output.line(`  ${index === 0 ? "next" : "then"}     ${showTime(time)}`);
}

async function pause(
  cli: Cli,
  id: string,
  { json, isPaused }: JsonOption & { readonly isPaused: boolean },
): Promise<void> {
  const { output } = cli;
  const schedule = await (await connect(cli)).pauseSchedule(id, isPaused);
  if (json === true) return output.json({ schedule });
  const done = output.paint("green", isPaused ? "paused" : "resumed");
  if (schedule === null) return output.line(`${done} ${id}; its only due time has passed, so it has ended`);
  output.line(`${done} ${id} of ${schedule.project}/${schedule.package}; ${stateOf(schedule)}`);
}

function stateOf({ isPaused, pausedAt, nextAt }: ScheduleInfo): string {
  if (pausedAt != null) return `paused since ${showTime(pausedAt)}`;
  if (isPaused) return "paused by its manifest, or because its package is archived";
  return nextAt === null ? "without a due time" : `next run ${showTime(nextAt)}`;
}

function parseId(text: string): string {
  if (scheduleId.safeParse(text).success) return text;
  throw new SealrunError(
    "NOT_FOUND",
    `${showName(text)} is not a schedule's id: sch_ and 20 letters and digits; list them with: sealrun schedule list`,
  );
}
