import { Command } from "commander";
import { type Cli, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { showTime } from "../show-time.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `sealrun project create` and `list`. */
export function projectCommand(cli: Cli): Command {
  const { output } = cli;
  const command = new Command("project").description("Projects: spaces that packages and secrets belong to");
  command
    .command("create")
    .description("Make a project")
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
        ["PROJECT", "CREATED"],
        projects.map(({ name, createdAt }) => [name, showTime(createdAt)]),
      );
    });
  return command;
}
