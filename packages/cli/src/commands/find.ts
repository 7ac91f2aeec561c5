import type { FoundNames } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parseNumber, parseProject } from "../command.ts";
import { connect } from "../connect.ts";
import { addListOptions, type ListOptions, printList } from "../list-output.ts";

interface FindOptions extends ListOptions {
  readonly near?: string;
  readonly archived?: boolean;
  readonly limit?: number;
}

/** `sealrun find`. */
export function findCommand(cli: Cli): Command {
  const command = new Command("find")
    .description("Find projects, packages and secrets by a part of their name; secrets by their names, never values")
    .argument("<text>", "a part of a name, in any case; of a package also of PROJECT/PACKAGE")
    .option("--near <project>", "list what belongs to this project first", parseProject)
    .option("--archived", "archived ones too")
    .option("--limit <n>", "maximum number of each kind (default: 10)", parseNumber("--limit", 1, 50));
  return addListOptions(command).action(async (text: string, options: FindOptions) => find(cli, text, options));
}

async function find(cli: Cli, text: string, { json, jq, ...options }: FindOptions): Promise<void> {
  const { output } = cli;
  const found = await (await connect(cli)).findNames({ text, ...options });
  const rows = rowsOf(found);
  const show = (): void => {
    if (rows.length === 0) output.line("nothing has that name");
    else output.table(["KIND", "NAME", "WHERE"], rows);
  };
  await printList(output, { json, jq }, { document: found, show });
}

function rowsOf({ projects, packages, secrets }: FoundNames): readonly (readonly string[])[] {
  const mark = (name: string, isArchived: boolean): string => (isArchived ? `${name} (archived)` : name);
  return [
    ...projects.map(({ project, archived }) => ["project", mark(project, archived), "-"]),
    ...packages.map((each) => ["package", mark(`${each.project}/${each.package}`, each.archived), each.project]),
    ...secrets.map((each) => ["secret", mark(each.name, each.archived), whose(each)]),
  ];
}

function whose({ project, package: name }: FoundNames["secrets"][number]): string {
  if (project === null) return "the platform";
  return name === null ? `project ${project}` : `package ${project}/${name}`;
}
