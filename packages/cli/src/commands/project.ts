import { type ChangeProject, type ProjectInfo, type SandboxLevel, sandboxLevels } from "@sealrun/protocol";
import { Command, Option } from "commander";
import { type Cli, parseNumber, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { addListOptions, type ListOptions, onlyArchived, printList } from "../list-output.ts";
import { useProjectCommand } from "./connection/use-project.ts";
import { projectChanges } from "./lifecycle/change-commands.ts";
import { showTime } from "../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

interface LimitOptions extends JsonOption {
  readonly concurrent?: number | "none";
  readonly minSandbox?: SandboxLevel;
  readonly requireNetwork?: "on" | "off";
}

/** `sealrun project create`, `list`, `limit`, `use`, `rename`, `archive` and `unarchive`. */
export function projectCommand(cli: Cli): Command {
  const { output } = cli;
  const command = new Command("project").description("Projects: spaces that packages and secrets belong to");
  command
    .command("create")
    .description("Create a project")
    .argument("<name>", "letters, digits, _ . -", parseProject)
    .option("--json", "print it as JSON")
    .action(async (name: string, { json }: JsonOption) => {
      const made = await (await connect(cli)).createProject(name);
      if (json === true) return output.json(made);
      output.line(`${output.paint("green", "created")} project ${made.name}`);
      output.line(`next: sealrun push DIR --project ${made.name}`);
    });
  addListOptions(
    command.command("list").description("List the projects").option("--archived", "archived ones too"),
    "names",
  ).action(async ({ archived = false, ...options }: ListOptions & { readonly archived?: boolean }) => {
    const client = await connect(cli);
    const projects = await client.listProjects({ archived });
    const hidden = projects.length > 0 || archived ? [] : await client.listProjects({ archived: true });
    const show = (): void => {
      if (hidden.length > 0) return output.line(onlyArchived("projects", "sealrun project list"));
      if (projects.length === 0) return output.line("no projects yet; create one with: sealrun project create NAME");
      output.table(
        ["PROJECT", "LIMIT", "SANDBOX", "CREATED"],
        projects.map(({ name, maxConcurrent, minSandbox, createdAt, archivedAt }) => [
          archivedAt == null ? name : `${name} (archived)`,
          String(maxConcurrent ?? "-"),
          minSandbox === undefined || minSandbox === "none" ? "-" : minSandbox,
          showTime(createdAt),
        ]),
      );
    };
    await printList(output, options, { document: { projects }, names: projects.map(({ name }) => name), show });
  });
  command
    .command("limit")
    .description("Set or show the limits of a project: concurrent executions, and what its executors must hold")
    .argument("<name>", "the project", parseProject)
    .option("--concurrent <n>", "maximum concurrent executions, or none for no limit", parseLimit)
    .addOption(
      new Option("--min-sandbox <level>", "least sandbox level of the executors that run it").choices(sandboxLevels),
    )
    .addOption(
      new Option(
        "--require-network <switch>",
        "on: give no script the network of an executor's machine; off: allow it",
      ).choices(["on", "off"]),
    )
    .option("--json", "print the project as JSON")
    .action(async (name: string, { json, ...change }: LimitOptions) => {
      const client = await connect(cli);
      const project = await client.changeProject(name, changeOf(change));
      if (json === true) return output.json(project);
      for (const sentence of describeLimits(project)) output.line(sentence);
    });
  command.addCommand(useProjectCommand(cli));
  for (const change of projectChanges(cli)) command.addCommand(change);
  return command;
}

function parseLimit(text: string): number | "none" {
  return text === "none" ? text : parseNumber("--concurrent", 1, 10_000)(text);
}

function changeOf({ concurrent, minSandbox, requireNetwork }: Omit<LimitOptions, "json">): ChangeProject {
  return {
    ...(concurrent === undefined ? {} : { maxConcurrent: concurrent === "none" ? null : concurrent }),
    ...(minSandbox === undefined ? {} : { minSandbox }),
    ...(requireNetwork === undefined ? {} : { requireNetwork: requireNetwork === "on" }),
  };
}

function describeLimits({ name, maxConcurrent, minSandbox, requireNetwork }: ProjectInfo): readonly string[] {
  return [
    maxConcurrent === null
      ? `project ${name} has no limit on concurrent executions`
      : `project ${name} runs at most ${maxConcurrent} executions at once`,
    ...(minSandbox === undefined || minSandbox === "none"
      ? []
      : [`project ${name} runs only on executors whose sandbox reaches the level ${minSandbox}`]),
    ...(requireNetwork === true ? [`project ${name} gives no script the network of an executor's machine`] : []),
  ];
}
