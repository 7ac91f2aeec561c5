import {
  answerNeeds,
  askNames,
  findIdlePool,
  type FoundNames,
  judgeNeeds,
  listNeeds,
  type PackageProblem,
  problemOf,
} from "@sealrun/client";
import { SealrunError, type SecretInfo } from "@sealrun/protocol";
import { Command } from "commander";
import { type Cli, parsePackage, parseProject } from "../command.ts";
import { connect, findProject } from "../connect.ts";
import { type CheckedPackage, checkPackage } from "../package/check-package.ts";
import { type CheckReport, countProblems, showCheck } from "../package/show-check.ts";
import { adviseProject } from "./push.ts";

interface CheckOptions {
  readonly project?: string;
  readonly offline?: boolean;
  readonly name?: string;
  readonly optional?: readonly string[];
  readonly json?: boolean;
}

/** `sealrun check`. */
export function checkCommand(cli: Cli): Command {
  return new Command("check")
    .description(
      "Check a folder as push does, and show which secrets its runs need and where each comes from. No file and no value is sent; names that a script computes are not found",
    )
    .argument("<dir>", "folder with the scripts")
    .usage("<dir> --project P|--offline")
    .option("--project <project>", "project of the package (default: the chosen one)", parseProject)
    .option("--offline", "check only the folder, without asking a platform")
    .option("--name <name>", "the package's name (default: the manifest's, else the folder's)", parsePackage)
    .option("--optional <name>", "a secret that may be missing; repeat the option for more", collect)
    .option("--json", "print what was found as JSON")
    .action(async (folder: string, options: CheckOptions) => check(cli, folder, options));
}

function collect(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}

async function check(cli: Cli, folder: string, options: CheckOptions): Promise<void> {
  const project = await projectOf(cli, options);
  const report = await makeReport(cli, folder, { ...options, ...(project === undefined ? {} : { project }) });
  if (options.json === true) cli.output.json(report);
  else showCheck(cli.output, report);
  const { problems } = report;
  if (!problems.some(({ level }) => level === "error")) return;
  throw new SealrunError("CHECK_FAILED", `${countProblems(problems)} found`);
}

/** Undefined for `--offline`. */
async function projectOf(cli: Cli, { project, offline }: CheckOptions): Promise<string | undefined> {
  if (offline === true && project === undefined) return undefined;
  const found = project ?? (await findProject(cli));
  if (found !== undefined && offline !== true) return found;
  throw new SealrunError("USAGE", "Expected either --project or --offline: one of them, and not both");
}

async function makeReport(cli: Cli, folder: string, options: CheckOptions): Promise<CheckReport> {
  const { project } = options;
  const read = await readPackage(folder, options.name);
  if (read.kind === "broken") {
    return {
      package: { name: options.name ?? null, project: project ?? null, version: null },
      problems: [read.problem],
      secrets: [],
    };
  }
  const { checked } = read;
  for (const path of checked.skipped) cli.output.note(`left out: ${path}`);
  const ownNames = new Set(checked.secrets.keys());
  const found = project === undefined ? undefined : await ask(cli, { project, name: checked.name, ownNames }, checked);
  const needs = listNeeds(checked);
  const secrets = answerNeeds(needs, ownNames, found?.stored ?? new Map());
  const optional = new Set(options.optional);
  const problems = [
    ...checked.problems,
    ...(await checkSchedule(checked)),
    ...(found?.changed ?? []).map(describeChanged),
    ...judgeNeeds({ checked, needs, secrets, stored: found?.stored, project, optional }),
    ...(found?.idle === undefined ? [] : [found.idle]),
  ];
  return {
    package: { name: checked.name, project: project ?? null, version: found?.version ?? null },
    problems: problems.toSorted(byPlace),
    secrets,
  };
}

interface Asked extends FoundNames {
  /** The problem with the pool that would run the package. */
  readonly idle: PackageProblem | undefined;
}

async function ask(
  cli: Cli,
  target: Parameters<typeof askNames>[1],
  { manifest }: Pick<CheckedPackage, "manifest">,
): Promise<Asked> {
  const client = await connect(cli);
  try {
    return { ...(await askNames(client, target)), idle: await findIdlePool(client, manifest, target.project) };
  } catch (error) {
    throw adviseProject(error, target.project);
  }
}

/** A changed secret as a problem: it would stop a push of the folder. */
function describeChanged({ name, version }: SecretInfo): PackageProblem {
  const message = `${name} was changed on the platform since the last push (version ${version}); a push needs --overwrite to replace it`;
  return { code: "SECRET_CHANGED", level: "warning", file: "secrets.json", line: null, message };
}

/** Errors first, then by file and line; what is about no file comes last. */
function byPlace(left: PackageProblem, right: PackageProblem): number {
  if (left.level !== right.level) return left.level === "error" ? -1 : 1;
  if (left.file !== right.file) return right.file === null || (left.file !== null && left.file < right.file) ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0);
}

type ReadPackage =
  | { readonly kind: "whole"; readonly checked: CheckedPackage }
  | { readonly kind: "broken"; readonly problem: PackageProblem };

/** A document that cannot be read is a finding of the check; a missing folder is a wrong command. */
async function readPackage(folder: string, name: string | undefined): Promise<ReadPackage> {
  try {
    return { kind: "whole", checked: await checkPackage(folder, name) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === "FILE_NOT_FOUND" || problem.code === "INTERNAL") throw error;
    return { kind: "broken", problem };
  }
}

/** Checks the schedule as the platform will at the push. */
async function checkSchedule({ manifest }: CheckedPackage): Promise<readonly PackageProblem[]> {
  if (manifest?.schedule === undefined) return [];
  const part = await import("../package/check-schedule.ts");
  try {
    part.checkSchedule(manifest);
    return [];
  } catch (error) {
    return [problemOf(error)];
  }
}
