import type { ChangeProject } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { showTime } from "../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

interface LimitOptions extends JsonOption {
  readonly concurrent?: number | "none";
}

/** `sealrun project create`, `list` and `limit`. */
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
  command
    .command("list")
    .description("List the projects")
    .option("--json", "print them as JSON")
    .action(async ({ json }: JsonOption) => {
      const projects = await (await connect(cli)).listProjects();
      if (json === true) return output.json({ projects });
      if (projects.length === 0) return output.line("no projects yet; create one with: sealrun project create NAME");
      output.table(
        ["PROJECT", "LIMIT", "CREATED"],
        projects.map(({ name, maxConcurrent, createdAt }) => [name, String(maxConcurrent ?? "-"), showTime(createdAt)]),
      );
    });
  command
    .command("limit")
    .description("Set or show the maximum number of concurrent executions of a project")
    .argument("<name>", "the project", parseProject)
    .option("--concurrent <n>", "maximum concurrent executions, or none for no limit", parseLimit)
    .option("--json", "print the project as JSON")
    .action(async (name: string, { concurrent, json }: LimitOptions) => {
      const client = await connect(cli);
      const project = await client.changeProject(name, changeOf(concurrent));
      if (json === true) return output.json(project);
      const { maxConcurrent } = project;
      output.line(
        maxConcurrent === null
          ? `project ${project.name} has no limit on concurrent executions`
          : `project ${project.name} runs at most ${maxConcurrent} executions at once`,
      );
    });
  return command;
}

function parseLimit(text: string): number | "none" {
  return text === "none" ? text : parseNumber("--concurrent", 1, 10_000)(text);
}

function changeOf(concurrent: LimitOptions["concurrent"]): ChangeProject {
  if (concurrent === undefined) return {};
  return { maxConcurrent: concurrent === "none" ? null : concurrent };
}
