import { Command } from "commander";
import { findIdlePool, isRefused, type PackageToPush } from "@sealrun/client";
import { countOf, type PushAnswer, SealrunError } from "@sealrun/protocol";
import { type Cli, parseProject } from "../command.ts";
import { connect, requireProject } from "../connect.ts";
import { type CheckedPackage, checkPackage } from "../package/check-package.ts";

interface PushOptions {
  readonly project?: string;
  readonly name?: string;
  readonly overwrite?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

type PlacedOptions = PushOptions & { readonly project: string };

/** `sealrun push`. */
export function pushCommand(cli: Cli): Command {
  return new Command("push")
    .description("Upload a folder as a new version of a package; its secrets.json is sealed on this machine first")
    .argument("<dir>", "folder with the scripts")
    .option("--project <project>", "project of the package (default: the chosen one)", parseProject)
    .option("--name <name>", "the package's name (default: the manifest's, else the folder's)")
    .option("--overwrite", "replace secrets that were changed on the platform since the last push")
    .option("--force", "push although scripts do not parse, or dependencies are missing or not pinned")
    .option("--json", "print the answer as JSON")
    .action(async (folder: string, options: PushOptions) => {
      await push(cli, folder, { ...options, project: await requireProject(cli, options.project) });
    });
}

async function push(cli: Cli, folder: string, options: PlacedOptions): Promise<void> {
  const checked = await checkPackage(folder, options.name);
  for (const path of checked.skipped) cli.output.note(`left out: ${path}`);
  report(cli, checked, options.force === true);
  const client = await connect(cli);
  const idle = await findIdlePool(client, checked.manifest, options.project);
  const done = cli.output.progress(`sealing and sending ${countOf(checked.files.length, "file")}`);
  try {
    const answer = await client.pushPackage(toPush(checked, options));
    done();
    if (options.json === true) cli.output.json(answer);
    else showPushed(cli, options.project, answer);
    if (idle !== undefined) cli.output.warn(idle.message);
  } catch (error) {
    throw adviseProject(error, options.project);
  } finally {
    done();
  }
}

/** Shows all problems, and throws for those that fail every run unless the push is forced. */
function report({ output }: Cli, { problems }: CheckedPackage, isForced: boolean): void {
  const refused = isForced ? [] : problems.filter(isRefused);
  for (const problem of problems) {
    if (refused.includes(problem)) output.note(`refused: ${problem.message}`);
    else output.warn(problem.message);
  }
  if (refused.length === 0) return;
  const sentence = "Nothing was pushed: every run would fail; mend what is refused above, or push it with --force";
  throw new SealrunError("PACKAGE_INVALID", sentence);
}

function toPush(checked: CheckedPackage, options: PlacedOptions): PackageToPush {
  const { name, files, secrets } = checked;
  return {
    project: options.project,
    name,
    files,
    secrets: new Map([...secrets].map(([secret, { value }]) => [secret, value])),
    overwrite: options.overwrite === true,
  };
}

function showPushed(cli: Cli, project: string, { package: pushed, version, secrets }: PushAnswer): void {
  const { output } = cli;
  const address = `${project}/${pushed.name}`;
  const kept = secrets.kept.length === 0 ? "" : `, ${secrets.kept.length} kept from before`;
  output.line(`${output.paint("green", "pushed")} ${address} version ${version.number}`);
  output.line(`  files    ${version.files.length}`);
  output.line(`  runs     ${version.steps.join(", ")}`);
  output.line(`  secrets  ${secrets.stored.length} sealed on this machine${kept}`);
  output.line(`next: sealrun run ${address} --wait`);
}

/** An unknown project becomes the command that creates it. */
export function adviseProject(error: unknown, project: string): unknown {
  if (!(error instanceof SealrunError) || error.code !== "PROJECT_NOT_FOUND") return error;
  const sentence = `There is no project ${project}; create it with: sealrun project create ${project}`;
  return new SealrunError("PROJECT_NOT_FOUND", sentence, { cause: error });
}
