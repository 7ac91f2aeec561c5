import { manifestSchema, type VersionInfo } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parsePackagePath, parseProject } from "../command.ts";
import { connect, requireProject } from "../connect.ts";
import { addListOptions, type ListOptions, onlyArchived, printList } from "../list-output.ts";
import { describeParameters } from "../execution/describe-parameters.ts";
import { showTime } from "../show-time.ts";
import { packageChanges } from "./lifecycle/change-commands.ts";
import { downloadCommand } from "./package/download.ts";
import { rollbackCommand } from "./package/rollback.ts";
import { versionsCommand } from "./package/versions.ts";
import { adviseProject } from "./push.ts";

type PackageListOptions = ListOptions & { readonly project?: string; readonly archived?: boolean };

/** `sealrun package list`, `show`, `versions`, `download`, `rollback`, `rename`, `archive` and `unarchive`. */
export function packageCommand(cli: Cli): Command {
  const command = new Command("package").description("Packages: scripts that were pushed and run together");
  addListOptions(
    command
      .command("list")
      .description("List the packages of a project")
      .option("--project <project>", "the project (default: the chosen one)", parseProject)
      .option("--archived", "archived ones too"),
    "addresses, PROJECT/PACKAGE",
  ).action(async (options: PackageListOptions) => list(cli, options));
  command
    .command("show")
    .description("Show a package and its newest version")
    .argument("<project/package>", "the package to show")
    .option("--json", "print it as JSON")
    .action(async (address: string, options: { readonly json?: boolean }) => show(cli, address, options));
  command.addCommand(versionsCommand(cli));
  command.addCommand(downloadCommand(cli));
  command.addCommand(rollbackCommand(cli));
  for (const change of packageChanges(cli)) command.addCommand(change);
  return command;
}

async function list(cli: Cli, { project: given, archived = false, ...options }: PackageListOptions): Promise<void> {
  const { output } = cli;
  const project = await requireProject(cli, given);
  const client = await connect(cli);
  try {
    const packages = await client.listPackages(project, { archived });
    const hidden = packages.length > 0 || archived ? [] : await client.listPackages(project, { archived: true });
    const show = (): void => {
      if (hidden.length > 0) return output.line(onlyArchived("packages", `sealrun package list --project ${project}`));
      if (packages.length === 0)
        return output.line(`no packages yet; push one with: sealrun push DIR --project ${project}`);
      output.table(
        ["PACKAGE", "VERSION", "PUSHED"],
        packages.map(({ name, version, pushedAt, archivedAt }) => [
          archivedAt == null ? name : `${name} (archived)`,
          String(version),
          showTime(pushedAt),
        ]),
      );
    };
    const names = packages.map(({ name }) => `${project}/${name}`);
    await printList(output, options, { document: { packages }, names, show });
  } catch (error) {
    throw adviseProject(error, project);
  }
}

async function show(cli: Cli, text: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { output } = cli;
  const address = parsePackagePath(text);
  const client = await connect(cli);
  const found = await client.getPackage(address.project, address.package);
  if (json === true) return output.json(found);
  output.line(output.paint("bold", `${found.project.name}/${found.name}`));
  const { version } = found;
  if (found.archivedAt != null) output.line(`  archived ${showTime(found.archivedAt)}: nothing of it starts`);
  if (version === null) return;
  output.line(`  version  ${version.number}, pushed ${showTime(version.createdAt)}`);
  for (const line of showAbout(version.manifest)) output.line(line);
  output.line(`  digest   ${version.digest}`);
  output.line(`  runs     ${version.steps.join(", ")}`);
  for (const { cron, timezone, nextAt } of await client.listSchedules(address)) {
    const next = nextAt === null ? "paused" : showTime(nextAt);
    output.line(`  next run ${next}${cron === null ? "" : `, ${cron} ${timezone ?? "UTC"}`}`);
  }
  if (version.parameters !== null) {
    output.line("  parameters");
    for (const line of describeParameters(version.parameters)) output.line(`    ${line}`);
  }
  output.line("  files");
  for (const { path, size, executable } of version.files) {
    output.line(`    ${path}  ${size} bytes${executable === true ? ", executable" : ""}`);
  }
}

/** What the manifest says for people. A newer platform's manifest may have fields that this command does not know. */
function showAbout(manifest: VersionInfo["manifest"]): readonly string[] {
  const { description, author, version, tags = [] } = manifestSchema.safeParse(manifest).data ?? {};
  const rows: readonly (readonly [string, string | number | undefined])[] = [
    ["about", description],
    ["author", author],
    ["release", version],
    ["tags", tags.length === 0 ? undefined : tags.join(", ")],
  ];
  return rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(8)} ${text}`]));
}
